using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Sessions;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class WarmChildrenTests : IAsyncDisposable
{
    private readonly ServersFixture _fixture = new();
    private readonly StdioServerState _server;

    public WarmChildrenTests() =>
        _server = new StdioServerState(ServersFixture.Config() with { Warm = 2, MaxProcesses = 3 }, _fixture.Time);

    public async ValueTask DisposeAsync()
    {
        await _fixture.Warm.StopAllAsync().Soon();
        await Waiting.UntilAsync(() => _server.Processes == 0);
        _fixture.Dispose();
    }

    [Fact]
    public async Task Visit_StartsWhatIsMissing()
    {
        await FillAsync();
        _fixture.Warm.Visit([_server]);
        Assert.Equal((2, 2), (_fixture.Launcher.Count, _server.Processes));
        var taken = _fixture.Warm.TryTake(_server);
        Assert.NotNull(taken);
        _fixture.Warm.Visit([_server]);
        await Waiting.UntilAsync(() => _fixture.Launcher.Count == 3); // with the one taken: as many as maxProcesses allows
        taken.Slot.Dispose();
    }

    [Fact]
    public async Task TryTake_GivesEachOnce()
    {
        await FillAsync();
        var (first, second) = (_fixture.Warm.TryTake(_server), _fixture.Warm.TryTake(_server));
        Assert.NotNull(first);
        Assert.NotSame(first, second);
        Assert.Null(_fixture.Warm.TryTake(_server));
        Assert.Equal(2, _server.Processes); // the slots went with them
        first.Slot.Dispose();
        second!.Slot.Dispose();
    }

    [Fact]
    public async Task Warm_ThatEnds_IsNotGivenOutAndNotStartedAgainTooSoon()
    {
        var children = await FillAsync();
        foreach (var child in children)
            child.Exit(1);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.Null(_fixture.Warm.TryTake(_server));
        Assert.Equal(2, _server.StartBackoff.Failures);
        _fixture.Warm.Visit([_server]);
        Assert.Equal(2, _fixture.Launcher.Count);
        _fixture.Time.Advance(_server.StartBackoff.RetryAfter);
        await FillAsync();
    }

    [Fact]
    public async Task Visit_ProgramThatCannotBeStarted_IsNotTriedAgainBeforeItsTime()
    {
        // Tried without end it would start at last, and the test fail instead of hanging.
        _fixture.Launcher.Make = () => _fixture.Launcher.Count > 9
            ? new FakeChild() : throw new ChildLaunchException("no such program");
        _fixture.Warm.Visit([_server]);
        await Waiting.UntilAsync(() => _server.StartBackoff.Failures == 2);
        _fixture.Warm.Visit([_server]);
        Assert.Equal((2, 0), (_fixture.Launcher.Count, _server.Processes));
        _fixture.Launcher.Make = () => new FakeChild();
        _fixture.Time.Advance(_server.StartBackoff.RetryAfter);
        await FillAsync();
    }

    [Fact]
    public async Task Visit_FewerWantedOrRetired_StopsTheRest()
    {
        var children = await FillAsync();
        _server.Update(_server.Config with { Warm = 1 });
        _fixture.Warm.Visit([_server]);
        await Waiting.UntilAsync(() => _server.Processes == 1);
        Assert.Equal(1, children.Sum(child => child.Stops));
        _server.Retire();
        _fixture.Warm.Visit([]);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.All(children, child => Assert.True(child.IsDisposed));
    }

    [Fact]
    public async Task TryStopOne_StopsOneAndFreesItsSlot()
    {
        await FillAsync();
        await _fixture.Warm.TryStopOne(_server)!.Soon();
        Assert.Equal(1, _server.Processes);
        await _fixture.Warm.TryStopOne(_server)!.Soon();
        Assert.Null(_fixture.Warm.TryStopOne(_server));
    }

    private async Task<FakeChild[]> FillAsync()
    {
        _fixture.Warm.Visit([_server]);
        FakeChild[] children = [await _fixture.Launcher.NextAsync(), await _fixture.Launcher.NextAsync()];
        await Waiting.UntilAsync(() => _fixture.Warm.CountOf(_server) == 2);
        return children;
    }
}
