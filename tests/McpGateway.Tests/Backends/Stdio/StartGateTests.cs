using McpGateway.Backends.Stdio.Supervision;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class StartGateTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly StartGate _gate;
    private readonly StdioServerState _server = new(ServersFixture.Config());
    private readonly StdioServerState _other = new(ServersFixture.Config("two"));

    public StartGateTests() => _gate = new StartGate(4, _time);

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Fact]
    public async Task Enter_OneServer_GetsHalfOfIt()
    {
        using var first = await _gate.EnterAsync(_server).Soon();
        var second = await _gate.EnterAsync(_server).Soon();
        var third = _gate.EnterAsync(_server);
        Assert.False(third.IsCompleted);
        using var another = await _gate.EnterAsync(_other).Soon();
        Assert.NotNull(another);
        second!.Dispose();
        second.Dispose();
        using var waited = await third.Soon();
        Assert.NotNull(waited);
    }

    [Fact]
    public async Task Enter_AStartThatTakesLong_DoesNotKeepItsSlot()
    {
        using var first = await _gate.EnterAsync(_server).Soon();
        using var second = await _gate.EnterAsync(_server).Soon();
        var third = _gate.EnterAsync(_server);
        _time.Advance(TimeSpan.FromSeconds(1));
        using var waited = await third.Soon();
        Assert.NotNull(waited);
    }

    [Fact]
    public async Task Enter_NoSlotFreeInTime_IsNull()
    {
        _server.Update(_server.Config with { StartTimeout = TimeSpan.FromMilliseconds(500) });
        using var first = await _gate.EnterAsync(_server).Soon();
        using var second = await _gate.EnterAsync(_server).Soon();
        var third = _gate.EnterAsync(_server);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Null(await third.Soon());
    }
}
