using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>One child at a time, whatever fails in between; and its process slot is free when it is gone.</summary>
public sealed class ChildSupervisorTests : IAsyncDisposable
{
    private const string Result = """{"protocolVersion":"2025-06-18","capabilities":{}}""";

    private readonly ServersFixture _fixture = new();
    private readonly StdioServerState _server;
    private readonly List<ChildSupervisor> _supervisors = [];

    public ChildSupervisorTests() =>
        _server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 1 }, _fixture.Time);

    public async ValueTask DisposeAsync()
    {
        foreach (var supervisor in _supervisors)
            await supervisor.CloseAsync().Soon();
        await _fixture.Warm.StopAllAsync().Soon();
        Assert.Equal(0, _server.Processes);
        _fixture.Dispose();
    }

    [Fact]
    public async Task Connect_ByMany_StartsOneChild()
    {
        var supervisor = Supervise();
        var connecting = Enumerable.Range(0, 10).Select(_ => supervisor.TryConnectAsync(Handshake.WithoutCapabilities)).ToArray();
        await InitializedAsync(await _fixture.Launcher.NextAsync());
        Assert.All(await Task.WhenAll(connecting).Soon(), Assert.Null);
        Assert.Equal((1, 1), (_fixture.Launcher.Count, _server.Processes));
    }

    [Fact]
    public async Task Start_WorkingDirectoryMissing_ReleasesTheSlot()
    {
        _server.Update(_server.Config with
        {
            Target = new StdioTarget { Command = Environment.ProcessPath!, WorkingDirectory = "/does/not/exist" },
        });
        var error = await Supervise().TryConnectAsync(null).Soon();
        Assert.Contains("/does/not/exist", error!.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_server.Processes, _fixture.Launcher.Count));
    }

    [Fact]
    public async Task Start_LauncherFailsInAnyWay_ReleasesTheSlotAndCounts()
    {
        _fixture.Launcher.Make = () => throw new UnauthorizedAccessException();
        Assert.NotNull(await Supervise().TryConnectAsync(null).Soon());
        Assert.Equal((0, 1), (_server.Processes, _server.StartBackoff.Failures));
    }

    [Fact]
    public async Task Close_WhileStarting_StopsWhatWasStarted()
    {
        var supervisor = Supervise();
        var connecting = supervisor.TryConnectAsync(Handshake.WithoutCapabilities);
        var child = await _fixture.Launcher.NextAsync();
        await supervisor.CloseAsync().Soon();
        Assert.NotNull(await connecting.Soon());
        Assert.True(child.IsDisposed);
        Assert.Equal(0, _server.Processes);
        Assert.NotNull(await supervisor.TryConnectAsync(null).Soon());
        Assert.Equal(1, _fixture.Launcher.Count);
    }

    [Fact]
    public async Task Close_BeforeAnythingWasSent_ReleasesTheSlot()
    {
        await Supervise().CloseAsync().Soon();
        Assert.Equal(0, _server.Processes);
    }

    [Fact]
    public async Task Close_Twice_StopsOnceAndReleasesOnce()
    {
        _server.Update(_server.Config with { MaxProcesses = 2 });
        using var other = _server.TryReserveSlot();
        var (supervisor, child) = await StartedAsync();
        await Task.WhenAll(supervisor.CloseAsync(), supervisor.CloseAsync()).Soon();
        Assert.Equal((1, 1), (child.Stops, _server.Processes));
    }

    [Fact]
    public async Task Close_StopFails_ReleasesTheSlot()
    {
        _fixture.Launcher.Make = () => new FakeChild { StopFailure = new InvalidOperationException("no") };
        var (supervisor, child) = await StartedAsync();
        await supervisor.CloseAsync().Soon();
        Assert.True(child.IsDisposed);
        Assert.Equal(0, _server.Processes);
    }

    [Fact]
    public async Task Loss_ObserverFails_ChildIsStoppedAndTheNextOneStarts()
    {
        var observer = new RecordingChildObserver { Failure = new InvalidOperationException("no") };
        var (supervisor, child) = await StartedAsync(observer);
        child.Exit(3);
        var (error, isFinal) = await observer.LostAsync();
        Assert.Contains("exited with code 3", error.Message, StringComparison.Ordinal);
        Assert.False(isFinal);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.True(child.IsDisposed);
        await RestartedAsync(supervisor);
        Assert.Equal(1, observer.Restores);
    }

    [Fact]
    public async Task Hibernation_ObserverFails_TheNextOneStarts()
    {
        var observer = new RecordingChildObserver { Failure = new InvalidOperationException("no") };
        var (supervisor, child) = await StartedAsync(observer);
        await supervisor.TryHibernate()!.Soon();
        Assert.Equal((1, 1, 0), (child.Stops, observer.Hibernations, _server.Processes));
        await RestartedAsync(supervisor);
    }

    [Fact]
    public async Task Restart_LastChildIsStillBeingStopped_WaitsForItsSlot()
    {
        var stopEnds = new TaskCompletionSource();
        _fixture.Launcher.Make = () => new FakeChild { StopEnds = stopEnds.Task };
        var (supervisor, _) = await StartedAsync();
        var hibernating = supervisor.TryHibernate()!;
        _fixture.Launcher.Make = () => new FakeChild();
        var connecting = supervisor.TryConnectAsync(Handshake.WithoutCapabilities);
        Assert.Equal((1, 1), (_fixture.Launcher.Count, _server.Processes));

        stopEnds.SetResult();
        await hibernating.Soon();
        await InitializedAsync(await _fixture.Launcher.NextAsync());
        Assert.Null(await connecting.Soon());
    }

    [Fact]
    public async Task NoSlotFree_TheUnusedChildEndsFirstThenAWarmOneThenOneHibernates()
    {
        _server.Update(_server.Config with { MaxProcesses = 3 });
        var (idle, idleChild) = await StartedAsync();
        var observer = new RecordingChildObserver();
        var (unused, unusedChild) = await StartedAsync(observer);
        observer.End = unused.CloseAsync;
        _server.Update(_server.Config with { Warm = 1 });
        _fixture.Warm.Visit([_server]);
        var warmChild = await _fixture.Launcher.NextAsync();
        await Waiting.UntilAsync(() => _fixture.Warm.CountOf(_server) == 1);

        var taken = new List<ProcessSlot>();
        foreach (var child in new[] { unusedChild, warmChild, idleChild })
        {
            Assert.Equal(0, child.Stops);
            var slot = _fixture.Supervision.Slots.TryReserve(_server);
            await slot!.Vacated.Soon();
            Assert.Equal((1, 3), (child.Stops, _server.Processes));
            taken.Add(slot);
        }

        Assert.Null(idle.Child);
        Assert.Null(_fixture.Supervision.Slots.TryReserve(_server));
        taken.ForEach(slot => slot.Dispose());
    }

    private ChildSupervisor Supervise() => Supervise(_server.TryReserveSlot()!, new RecordingChildObserver());

    private ChildSupervisor Supervise(ProcessSlot slot, RecordingChildObserver observer)
    {
        var supervisor = new ChildSupervisor(slot, observer, _fixture.Calls, _fixture.Supervision);
        _supervisors.Add(supervisor);
        return supervisor;
    }

    private async Task<(ChildSupervisor Supervisor, FakeChild Child)> StartedAsync(RecordingChildObserver? observer = null)
    {
        var supervisor = Supervise(_server.TryReserveSlot()!, observer ?? new RecordingChildObserver());
        return (supervisor, await RestartedAsync(supervisor));
    }

    private async Task<FakeChild> RestartedAsync(ChildSupervisor supervisor)
    {
        var connecting = supervisor.TryConnectAsync(Handshake.WithoutCapabilities);
        var child = await _fixture.Launcher.NextAsync();
        await InitializedAsync(child);
        Assert.Null(await connecting.Soon());
        await Waiting.UntilAsync(() => supervisor.Child is { IsBusy: false });
        return child;
    }

    private static async Task InitializedAsync(FakeChild child)
    {
        await child.AnswerAsync((long)JsonNode.Parse(await child.ReadAsync())!["id"]!, Result);
        Assert.Contains("notifications/initialized", await child.ReadAsync(), StringComparison.Ordinal);
    }
}
