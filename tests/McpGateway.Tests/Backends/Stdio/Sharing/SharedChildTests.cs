using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class SharedChildTests : IAsyncDisposable
{
    private readonly SessionsFixture _fixture = new();
    private readonly SessionManager _sessions;
    private readonly StdioServerState _server;
    private readonly FakeChild _child = new();

    public SharedChildTests()
    {
        _fixture.Launcher.Make = () => _child;
        _sessions = _fixture.Manager();
        var config = ServersFixture.Config();
        _server = new StdioServerState(config with
        {
            Target = (StdioTarget)config.Target with { Isolation = Isolation.User },
            OnExit = OnExit.Terminate,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.EndAllAsync().Soon();
        await _fixture.Children.EndAllAsync().Soon();
        Assert.Equal(0, _server.Processes);
        _fixture.Dispose();
    }

    [Fact]
    public async Task Request_WithTheChildsProgressToken_ReachesTheClientUnderOneOfTheGateways()
    {
        var session = await OpenAsync();
        var general = session.OpenStream();
        await _child.SayAsync("""{"jsonrpc":"2.0","id":"r","method":"roots/list","params":{"_meta":{"progressToken":"t"}}}""");
        Json.Equal(
            """{"jsonrpc":"2.0","id":1,"method":"roots/list","params":{"_meta":{"progressToken":1}}}""",
            (await SessionsFixture.ReadAsync(general))!);
        Send(session, """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":5}}""");
        Json.Equal(
            """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":5}}""",
                await _child.ReadAsync());
    }

    [Fact]
    public async Task Request_OfATask_GoesToTheCallThatWaitsForThatTask()
    {
        var session = await OpenAsync();
        Send(session, """{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"task":{}}}""");
        await _child.AnswerAsync(await NextIdAsync(), """{"task":{"taskId":"T"}}""");
        Send(session, """{"jsonrpc":"2.0","id":6,"method":"tools/call"}""");
        var waiting = Send(session, """{"jsonrpc":"2.0","id":7,"method":"tasks/result","params":{"taskId":"T"}}""");
        session.OpenStream();
        await _child.SayAsync(
            """{"jsonrpc":"2.0","id":1,"method":"roots/list","params":{"_meta":{"io.modelcontextprotocol/related-task":"""
                + """{"taskId":"T"}}}}""");
        Assert.Contains("roots/list", await SessionsFixture.ReadAsync(waiting), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscribe_GivenUpBeforeItsAnswer_IsUnsubscribed(bool sessionEnds)
    {
        var session = await OpenAsync();
        Send(session, """{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"file:///a"}}""");
        await NextIdAsync();
        if (sessionEnds)
            await session.EndAsync().Soon();
        else
            Send(session, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}""");
        string[] told = [await _child.ReadAsync(), await _child.ReadAsync()];
        Assert.Contains(told, message => message.Contains("notifications/cancelled", StringComparison.Ordinal));
        Assert.Contains(told, message => message.Contains("resources/unsubscribe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Subscribe_CancelledBehindAnother_IsNoSubscription()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        var subscribed = Send(first, """{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"file:///a"}}""");
        var id = await NextIdAsync();
        Send(second, """{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"file:///a"}}""");
        Send(second, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}""");
        await _child.AnswerAsync(id);
        Assert.NotNull(await SessionsFixture.ReadAsync(subscribed));
        // A request about the same resource is taken after the others.
        var after = Send(first, """{"jsonrpc":"2.0","id":6,"method":"resources/subscribe","params":{"uri":"file:///a"}}""");
        Assert.NotNull(await SessionsFixture.ReadAsync(after));

        var (firsts, seconds) = (first.OpenStream(), second.OpenStream());
        await _child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"file:///a"}}""");
        await _child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        Assert.Contains("updated", await SessionsFixture.ReadAsync(firsts), StringComparison.Ordinal);
        Assert.Contains("list_changed", await SessionsFixture.ReadAsync(seconds), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastWords_ReadWhileCallsFail_AreNotTakenForTheOnesOfWhoIsLeft()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        ResponseStream[] posts = [CallAndSpeakWhenItFails(first), CallAndSpeakWhenItFails(second)];
        await NextIdAsync();
        await NextIdAsync();
        _child.ExitHoldingPipes();
        await Waiting.UntilAsync(() =>
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(1)); // for what lies in the pipe
            return first.IsEnded && second.IsEnded;
        });
        foreach (var post in posts)
        {
            Assert.Contains("-32603", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
            Assert.Null(await SessionsFixture.ReadAsync(post));
        }
    }

    private ResponseStream CallAndSpeakWhenItFails(Session session)
    {
        var post = Send(session, """{"jsonrpc":"2.0","id":5,"method":"tools/call"}""");
        session.Calls.Find(5)!.OnAnswer = answer =>
        {
            var before = _fixture.Recorder.Dropped("child-gone");
            _ = _child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error"}}""");
            SpinWait.SpinUntil(() => _fixture.Recorder.Dropped("child-gone") > before, TimeSpan.FromSeconds(2));
        };
        return post;
    }

    private async Task<Session> OpenAsync()
    {
        Assert.Null(_sessions.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out var session));
        var isFirst = _fixture.Launcher.Count == 0;
        var initialized = Send(
            session!, """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":{"roots":{}}}}""");
        if (isFirst)
        {
            await _child.AnswerAsync(await NextIdAsync(), """{"protocolVersion":"2025-11-25","capabilities":{}}""");
            await _child.ReadAsync();
        }

        Assert.Contains("2025-11-25", await SessionsFixture.ReadAsync(initialized), StringComparison.Ordinal);
        Send(session!, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return session!;
    }

    private ResponseStream Send(Session session, string message)
    {
        var post = _fixture.Post();
        Assert.Null(session.Receive(Json.Message(message), post, CancellationToken.None).Refusal);
        return post;
    }

    private async Task<long> NextIdAsync() => (long)JsonNode.Parse(await _child.ReadAsync())!["id"]!;
}
