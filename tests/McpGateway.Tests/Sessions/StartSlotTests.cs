using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Backends.Stdio;

namespace McpGateway.Tests.Sessions;

/// <summary>
/// With room for one start at a time (Limits:Starts) the next child is started as soon as this one needs its slot no more. The
/// clock stands still, so no slot is free again because its time was over.
/// </summary>
public sealed class StartSlotTests : IAsyncDisposable
{
    private readonly PlayedServer _server = new(starts: 1);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ClientsInitialize_Answered_LetsTheNextOneStart()
    {
        await _server.BeginAsync(_server.Open());
        await _server.BeginAsync(_server.Open());
    }

    [Fact]
    public async Task ClientsInitialize_NotAnsweredYet_KeepsTheNextOneWaiting()
    {
        _server.Initialize();
        var first = await _server.Fixture.Launcher.NextAsync();
        await first.ReadAsync();
        var next = _server.Fixture.Supervision.Gate.EnterAsync(_server.State);
        Assert.False(next.IsCompleted);
        await first.AnswerAsync(1);
        (await next.Soon())!.Dispose();
    }

    [Fact]
    public async Task GatewaysInitialize_Answered_LetsTheNextOneStart()
    {
        foreach (var owner in new[] { SessionsFixture.Alice, SessionsFixture.Bob })
        {
            _server.AskWithoutSession(owner);
            await PlayedServer.InitializedAsync(await _server.Fixture.Launcher.NextAsync());
        }
    }

    [Fact]
    public async Task Child_ThatEndsBeforeItsHandshake_LetsTheNextOneStart()
    {
        _server.Initialize();
        var first = await _server.Fixture.Launcher.NextAsync();
        await first.ReadAsync();
        first.Exit(3);
        await _server.BeginAsync(_server.Open());
    }

    [Fact]
    public async Task Program_ThatCannotBeStarted_LetsTheNextOneStart()
    {
        _server.Fixture.Launcher.Make = () => throw new ChildLaunchException("no such program");
        Assert.Contains("no such program", await SessionsFixture.ReadAsync(_server.Initialize()), StringComparison.Ordinal);
        _server.Fixture.Launcher.Make = () => new FakeChild();
        await _server.BeginAsync(_server.Open());
    }

    [Fact]
    public async Task WarmChild_Started_LetsTheNextOneStart()
    {
        _server.State.Update(_server.State.Config with { Warm = 2 });
        _server.Fixture.Supervision.Warm.Visit([_server.State]);
        await _server.Fixture.Launcher.NextAsync();
        await _server.Fixture.Launcher.NextAsync();
    }
}
