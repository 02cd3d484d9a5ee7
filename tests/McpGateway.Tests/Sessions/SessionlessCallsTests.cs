using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

public sealed class SessionlessCallsTests : IAsyncDisposable
{
    private const string InitializeResult = """{"protocolVersion":"2025-11-25","serverInfo":{"name":"fake"}}""";

    private readonly SessionsFixture _fixture = new();
    private readonly StdioServerState _server = new(ServersFixture.Config() with { MaxProcesses = 2 });
    private readonly SessionManager _sessions;
    private readonly SessionlessCalls _calls;

    public SessionlessCallsTests()
    {
        _sessions = _fixture.Manager();
        _calls = new SessionlessCalls(_sessions);
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.EndAllAsync().Soon();
        await _fixture.Children.EndAllAsync().Soon();
        Assert.Equal(0, _server.Processes);
        _fixture.Dispose();
    }

    [Fact]
    public async Task Receive_Calls_ShareTheirOwnersChild()
    {
        var (first, second) = (_fixture.Post(), _fixture.Post());
        Receive(Json.Request(7), first);
        Receive(Json.Request(7), second);
        var child = await ShakenAsync();
        var ids = new[] { Id(await child.ReadAsync()), Id(await child.ReadAsync()) };
        Assert.Equal([2, 3], ids.Order());
        await child.AnswerAsync(3, "\"three\"");
        await child.AnswerAsync(2, "\"two\"");
        var answers = new[] { await SessionsFixture.ReadAsync(first), await SessionsFixture.ReadAsync(second) };
        Assert.All(answers, answer => Assert.Contains("\"id\":7,", answer, StringComparison.Ordinal));
        Assert.NotEqual(answers[0], answers[1]);
        Assert.Equal(1, _fixture.Launcher.Count);
    }

    [Fact]
    public void Receive_AnotherOwner_GetsAnotherChildWhileThereAreAny()
    {
        Assert.Null(Receive(Json.Request(1), _fixture.Post()).Refusal);
        Assert.Null(Receive(Json.Request(1), _fixture.Post(), SessionsFixture.Bob).Refusal);
        Assert.Equal(2, _sessions.All.Count());
        var refusal = Receive(Json.Request(1), _fixture.Post(), SessionOwner.Anonymous).Refusal;
        Assert.Equal(RefusalReason.Unavailable, refusal?.Reason);
    }

    [Fact]
    public async Task Progress_Tokens_AreRewrittenBothWays()
    {
        var (first, second) = (_fixture.Post(), _fixture.Post());
        Receive(WithToken("\"same\""), first);
        var child = await ShakenAsync();
        var firstToken = Token(await child.ReadAsync());
        Receive(WithToken("\"same\""), second);
        var secondToken = Token(await child.ReadAsync());
        Assert.NotEqual(firstToken, secondToken);
        await child.SayAsync($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":"""
            + $$$"""{"progressToken":{{{secondToken}}},"progress":1}}""");
        Json.Equal(
            """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"same","progress":1}}""",
            (await SessionsFixture.ReadAsync(second))!);
        Assert.False(first.TryRead(out _));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"same","progress":1}}""",
        "not-attributable")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""", "no-stream")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}""", "not-attributable")]
    public async Task Child_NotificationThatNamesNoCall_IsDroppedAndCounted(string notification, string reason)
    {
        var post = _fixture.Post();
        Receive(WithToken("\"same\""), post);
        var child = await ShakenAsync();
        await child.ReadAsync();
        await child.SayAsync(notification);
        await Waiting.UntilAsync(() => _fixture.Recorder.Dropped(reason) == 1);
        Assert.False(post.TryRead(out _));
    }

    [Fact]
    public async Task Child_Ping_IsAnsweredAndOtherRequestsAreRefused()
    {
        Receive(Json.Request(1), _fixture.Post());
        var child = await ShakenAsync();
        await child.ReadAsync();
        await child.SayAsync("""{"jsonrpc":"2.0","id":"p","method":"ping"}""");
        Json.Equal("""{"jsonrpc":"2.0","id":"p","result":{}}""", await child.ReadAsync());
        await child.SayAsync("""{"jsonrpc":"2.0","id":5,"method":"roots/list"}""");
        var refused = JsonNode.Parse(await child.ReadAsync())!;
        Assert.Equal(5, (long)refused["id"]!);
        Assert.Equal(JsonRpcErrorCode.MethodNotFound, (int)refused["error"]!["code"]!);
    }

    [Fact]
    public async Task Initialize_IsAnsweredFromTheStoredResult()
    {
        var (first, second) = (_fixture.Post(), _fixture.Post());
        Receive(Json.Request(8, "initialize"), first);
        var child = await ShakenAsync();
        Receive(Json.Request(9, "initialize"), second);
        Json.Equal($$"""{"jsonrpc":"2.0","id":8,"result":{{InitializeResult}}}""", (await SessionsFixture.ReadAsync(first))!);
        Json.Equal($$"""{"jsonrpc":"2.0","id":9,"result":{{InitializeResult}}}""", (await SessionsFixture.ReadAsync(second))!);
        Receive(Json.Request(10, "tools/list"), _fixture.Post());
        Assert.Contains("tools/list", await child.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handshake_NotAnswered_FailsTheCallAtTheStartTimeout()
    {
        var post = _fixture.Post();
        Receive(Json.Request(1), post);
        var child = await _fixture.Launcher.NextAsync();
        await child.ReadAsync();
        await _fixture.Time.UntilTimersAsync(1);
        _fixture.Time.Advance(_server.Config.StartTimeout);
        Assert.Contains("startTimeout", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.True(child.IsDisposed);
    }

    [Fact]
    public void Receive_NotificationOrAnswer_StartsNothing()
    {
        Assert.Null(Receive(Json.Notification("notifications/initialized"), _fixture.Post()).Refusal);
        Assert.Null(Receive(Json.Message("""{"jsonrpc":"2.0","id":1,"result":{}}"""), _fixture.Post()).Refusal);
        Assert.Equal(0, _fixture.Launcher.Count);
        Assert.Equal(0, _server.Processes);
    }

    [Theory]
    [InlineData(OnExit.Revive)]
    [InlineData(OnExit.Terminate)]
    public async Task Child_Dies_FailsItsCallsAndTheNextGetsANewOne(OnExit onExit)
    {
        _server.Update(_server.Config with { OnExit = onExit });
        var post = _fixture.Post();
        Receive(Json.Request(1), post);
        var child = await ShakenAsync();
        await child.ReadAsync();
        child.Exit(5);
        Assert.Contains("exited with code 5", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => _sessions.All.Any() == (onExit is OnExit.Revive));
        Receive(Json.Request(1), _fixture.Post());
        Assert.NotSame(child, await ShakenAsync());
    }

    [Fact]
    public async Task Idle_FromTheLastAnswerOn_StopsTheChild()
    {
        _server.Update(_server.Config with { RequestTimeout = TimeSpan.FromHours(9), RequestMaximum = TimeSpan.FromHours(9) });
        var idle = _server.Config.IdleTimeout;
        var post = _fixture.Post();
        Receive(Json.Request(1), post);
        var child = await ShakenAsync();
        await child.ReadAsync();
        var owned = Assert.Single(_sessions.All);
        await owned.TickAsync(_fixture.Time.Advance(idle * 2)).Soon();
        await child.AnswerAsync(2);
        await Waiting.UntilAsync(() => !owned.HasCallsInFlight);
        await owned.TickAsync(_fixture.Time.Advance(idle - TimeSpan.FromSeconds(1))).Soon();
        Assert.False(owned.IsEnded);
        await owned.TickAsync(_fixture.Time.Advance(TimeSpan.FromSeconds(1))).Soon();
        Assert.True(owned.IsEnded);
        Assert.Empty(_sessions.All);
        await Task.WhenAll(_fixture.Children.Tick(_fixture.Time.GetTimestamp())).Soon();
        Assert.True(child.IsDisposed);
    }

    [Fact]
    public void Drain_NewOwner_IsRefused()
    {
        _sessions.Drain(Refusal.Draining);
        Assert.Same(Refusal.Draining, Receive(Json.Request(1), _fixture.Post()).Refusal);
    }

    [Fact]
    public async Task Drain_KnownOwner_IsRefused()
    {
        Receive(Json.Request(1), _fixture.Post());
        await ShakenAsync();
        _sessions.Drain(Refusal.Draining);
        Assert.Same(Refusal.Draining, Receive(Json.Request(2), _fixture.Post()).Refusal);
    }

    [Fact]
    public async Task Cancel_CallInFlight_TellsTheChild()
    {
        var post = _fixture.Post();
        Receive(Json.Request(1), post);
        var child = await ShakenAsync();
        Assert.Contains("\"id\":2", await child.ReadAsync(), StringComparison.Ordinal);
        _calls.Cancel(_server, SessionsFixture.Alice, post);
        var told = JsonNode.Parse(await child.ReadAsync())!;
        Assert.Equal(("notifications/cancelled", 2), ((string?)told["method"], (int)told["params"]!["requestId"]!));
    }

    private Receipt Receive(JsonRpcMessage message, ResponseStream replies, SessionOwner? owner = null) =>
        _calls.Receive(_server, owner ?? SessionsFixture.Alice, message, replies);

    private async Task<FakeChild> ShakenAsync()
    {
        var child = await _fixture.Launcher.NextAsync();
        var initialize = JsonNode.Parse(await child.ReadAsync())!;
        Assert.Equal("initialize", (string?)initialize["method"]);
        Assert.Equal("{}", initialize["params"]!["capabilities"]!.ToJsonString());
        await child.AnswerAsync(1, InitializeResult);
        Assert.Contains("notifications/initialized", await child.ReadAsync(), StringComparison.Ordinal);
        return child;
    }

    private static JsonRpcMessage WithToken(string token) => Json.Message(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"_meta\":{\"progressToken\":" + token + "}}}");

    private static long Id(string json) => (long)JsonNode.Parse(json)!["id"]!;

    private static long Token(string json) => (long)JsonNode.Parse(json)!["params"]!["_meta"]!["progressToken"]!;
}
