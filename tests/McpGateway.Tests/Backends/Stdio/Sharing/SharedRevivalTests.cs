using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

/// <summary>The sessions of a shared child outlive it together.</summary>
public sealed class SharedRevivalTests : IAsyncDisposable
{
    private const string Result =
        """{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"resources":{"subscribe":true}"""
            + ""","logging":{}}}""";

    private readonly SessionsFixture _fixture = new();
    private readonly SessionManager _sessions;
    private readonly StdioServerState _server;
    private readonly Session _first;
    private readonly Session _second;

    public SharedRevivalTests()
    {
        var config = ServersFixture.Config();
        var target = (StdioTarget)config.Target with { Isolation = Isolation.User };
        _server = new StdioServerState(config with { Target = target, MaxProcesses = 1 }, _fixture.Time);
        _sessions = _fixture.Manager();
        (_first, _second) = (Open(), Open());
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.EndAllAsync().Soon();
        await _fixture.Children.EndAllAsync().Soon();
        Assert.Equal(0, _server.Processes);
        _fixture.Dispose();
    }

    [Fact]
    public async Task ChildLost_NextMessage_FindsANewOneForAllSessions()
    {
        var child = await BeginAsync();
        await LevelAsync(_second, "debug");
        Assert.Contains("logging/setLevel", await AnsweredAsync(child), StringComparison.Ordinal);
        var subscribing = Send(_first, """{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"a:/x"}}""");
        await AnsweredAsync(child);
        Assert.NotNull(await SessionsFixture.ReadAsync(subscribing));
        var lost = new[] { Send(_first, Call(6)), Send(_second, Call(6)) };
        await child.ReadAsync();
        await child.ReadAsync();
        var streams = new[] { _first.OpenStream(), _second.OpenStream() };
        child.Exit(3);
        foreach (var post in lost)
            Assert.Contains("exited with code 3", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);

        var answer = Send(_second, Call(7));
        var next = await ShakenAsync();
        Assert.Contains("debug", await AnsweredAsync(next), StringComparison.Ordinal);
        Assert.Contains("a:/x", await AnsweredAsync(next), StringComparison.Ordinal);
        Assert.Contains("tools/call", await AnsweredAsync(next), StringComparison.Ordinal);
        Json.Equal("""{"jsonrpc":"2.0","id":7,"result":{}}""", (await SessionsFixture.ReadAsync(answer))!);
        foreach (var stream in streams)
            Assert.Contains("tools/list_changed", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);
        Assert.Equal(2, _fixture.Launcher.Count);
        Assert.False(_first.IsEnded);
    }

    [Fact]
    public async Task ChildLost_NewOneIsAnotherServer_EndsAllSessions()
    {
        (await BeginAsync()).Exit(3);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        var answer = Send(_second, Call(7));
        var next = await _fixture.Launcher.NextAsync();
        await next.ReadAsync();
        await next.AnswerAsync(1, """{"protocolVersion":"2025-06-18","capabilities":{}}""");
        Assert.Contains("-32001", await SessionsFixture.ReadAsync(answer), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => _first.IsEnded && _second.IsEnded);
    }

    [Fact]
    public async Task ChildLost_QuestionAndTasks_AreForgotten()
    {
        var child = await BeginAsync();
        var post = Send(_first,
            """{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"task":{},"_meta":{"progressToken":"t"}}}""");
        await AnsweredAsync(child, """{"task":{"taskId":"one","status":"working"}}""");
        Assert.NotNull(await SessionsFixture.ReadAsync(post));
        var stream = _first.OpenStream();
        var calling = Send(_first, Call(7));
        await child.ReadAsync();
        await child.SayAsync("""{"jsonrpc":"2.0","id":"q","method":"roots/list"}""");
        var id = (long)JsonNode.Parse((await SessionsFixture.ReadAsync(calling))!)!["id"]!;
        child.Exit(3);
        Assert.Contains($"\"requestId\":{id}", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Send(_second, Call(8));
        var next = await ShakenAsync();
        await AnsweredAsync(next);
        Assert.Contains("list_changed", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);
        await next.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tasks/status","params":"""
            + """{"taskId":"one","status":"working"}}""");
        await Waiting.UntilAsync(() => _fixture.Recorder.Dropped("not-attributable") == 1);
        Assert.False(stream.TryRead(out _));
    }

    [Fact]
    public async Task HibernateAfter_QuestionAndTasks_AreForgotten()
    {
        _server.Update(_server.Config with { HibernateAfter = TimeSpan.FromMinutes(5) });
        var child = await BeginAsync();
        var post = Send(_first, """{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"task":{}}}""");
        await AnsweredAsync(child, """{"task":{"taskId":"one","status":"working"}}""");
        Assert.NotNull(await SessionsFixture.ReadAsync(post));
        var stream = _first.OpenStream();
        await child.SayAsync(
            """{"jsonrpc":"2.0","id":"q","method":"roots/list","params":{"_meta":{"io.modelcontextprotocol/related-task":"""
                + """{"taskId":"one"}}}}""");
        var id = (long)JsonNode.Parse((await SessionsFixture.ReadAsync(stream))!)!["id"]!;
        await child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tasks/status","params":"""
            + """{"taskId":"one","status":"completed"}}""");
        Assert.Contains("completed", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);
        await Task.WhenAll(_fixture.Children.Tick(_fixture.Time.Advance(TimeSpan.FromMinutes(5)))).Soon();
        Assert.Contains($"\"requestId\":{id}", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);

        Send(_second, Call(8));
        var next = await ShakenAsync();
        await AnsweredAsync(next);
        await next.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tasks/status","params":"""
            + """{"taskId":"one","status":"working"}}""");
        await Waiting.UntilAsync(() => _fixture.Recorder.Dropped("not-attributable") == 1);
    }

    [Fact]
    public async Task NoSlotFree_IdleChildHibernatesAndItsSessionsGoOn()
    {
        var child = await BeginAsync();
        var other = Open(SessionsFixture.Bob);
        Send(other, Initialize());
        await ShakenAsync();
        Assert.Equal(1, child.Stops);
        Assert.Equal(1, _server.Processes);
        Assert.False(_first.IsEnded);
    }

    private Session Open(SessionOwner? owner = null)
    {
        Assert.Null(_sessions.TryOpen(SessionKind.Streamable, _server, owner ?? SessionsFixture.Alice, out var session));
        return session!;
    }

    private ResponseStream Send(Session session, string request)
    {
        var post = _fixture.Post();
        Assert.Null(session.Receive(Json.Message(request), post, CancellationToken.None).Refusal);
        return post;
    }

    private static string Call(int id) => $$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call"}""";

    private static string Initialize() =>
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"roots":"""
            + """{}}}}""";

    private async Task LevelAsync(Session session, string level) => Assert.Contains("\"result\"", await SessionsFixture.ReadAsync(
        Send(session, $$$"""{"jsonrpc":"2.0","id":4,"method":"logging/setLevel","params":{"level":"{{{level}}}"}}""")),
            StringComparison.Ordinal);

    private async Task<FakeChild> BeginAsync()
    {
        var posts = new[] { Send(_first, Initialize()), Send(_second, Initialize()) };
        var child = await ShakenAsync();
        foreach (var post in posts)
            Assert.NotNull(await SessionsFixture.ReadAsync(post));
        foreach (var session in new[] { _first, _second })
            session.Receive(Json.Notification("notifications/initialized"), _fixture.Post(), CancellationToken.None);
        return child;
    }

    private async Task<FakeChild> ShakenAsync()
    {
        var child = await _fixture.Launcher.NextAsync();
        await AnsweredAsync(child, Result);
        Assert.Contains("notifications/initialized", await child.ReadAsync(), StringComparison.Ordinal);
        return child;
    }

    private static async Task<string> AnsweredAsync(FakeChild child, string result = "{}")
    {
        var request = await child.ReadAsync();
        await child.AnswerAsync((long)JsonNode.Parse(request)!["id"]!, result);
        return request;
    }
}
