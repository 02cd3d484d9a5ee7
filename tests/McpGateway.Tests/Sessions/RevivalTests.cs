using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

/// <summary>A session of its own child outlives it.</summary>
public sealed class RevivalTests : IAsyncDisposable
{
    private const string Params =
        """{"protocolVersion":"2025-06-18","capabilities":{"roots":{}},"clientInfo":{"name":"c","version":"1"}}""";

    private const string Result =
        """{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true},"resources":{"subscribe":true}"""
            + ""","logging":{}}}""";

    private readonly SessionsFixture _fixture = new();
    private readonly SessionManager _sessions;
    private readonly StdioServerState _server;
    private readonly Session _session;

    public RevivalTests()
    {
        _server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 2 }, _fixture.Time);
        _sessions = _fixture.Manager();
        _session = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.EndAllAsync().Soon();
        Assert.Equal(0, _server.Processes);
        _fixture.Dispose();
    }

    [Fact]
    public async Task ChildLost_NextMessage_FindsANewOneThatKnowsWhatTheOldOneKnew()
    {
        var child = await BeginAsync(_session);
        await AnsweredAsync(child, """{"jsonrpc":"2.0","id":5,"method":"logging/setLevel","params":{"level":"debug"}}""");
        await AnsweredAsync(child, """{"jsonrpc":"2.0","id":6,"method":"resources/subscribe","params":{"uri":"a:/x"}}""");
        await AnsweredAsync(child, """{"jsonrpc":"2.0","id":7,"method":"resources/subscribe","params":{"uri":"a:/y"}}""");
        await AnsweredAsync(child, """{"jsonrpc":"2.0","id":8,"method":"resources/unsubscribe","params":{"uri":"a:/y"}}""");
        var lost = await CallAsync(child, 9);
        child.Exit(3);
        var failure = JsonNode.Parse((await SessionsFixture.ReadAsync(lost))!)!["error"]!["data"]!;
        Assert.Equal((3, 0), ((int)failure["exitCode"]!, (int)failure["retryAfterMs"]!));

        var post = _fixture.Post();
        Receive(_session, Json.Request(10), post);
        var next = await RevivedAsync();
        Assert.Equal("debug", (string?)(await TakeAsync(next, "logging/setLevel"))["level"]);
        Assert.Equal("a:/x", (string?)(await TakeAsync(next, "resources/subscribe"))["uri"]);
        var call = JsonNode.Parse(await next.ReadAsync())!; // and not the call that was lost
        Assert.Equal("tools/call", (string?)call["method"]);
        await next.AnswerAsync((long)call["id"]!, "\"done\"");
        Assert.Contains("tools/list_changed", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        Json.Equal("""{"jsonrpc":"2.0","id":10,"result":"done"}""", (await SessionsFixture.ReadAsync(post))!);
        Assert.Equal(1, _server.Processes);
        Assert.True(child.IsDisposed);
    }

    [Theory]
    [InlineData("""{"protocolVersion":"2025-03-26","capabilities":{"tools":{"listChanged":true},"resources":{"subscribe":true}"""
        + ""","logging":{}}}""")]
    [InlineData("""{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true}}}""")]
    public async Task ChildLost_NewOneIsAnotherServer_EndsTheSession(string result)
    {
        (await BeginAsync(_session)).Exit(3);
        var post = _fixture.Post();
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Receive(_session, Json.Request(10), post);
        var next = await _fixture.Launcher.NextAsync();
        await next.ReadAsync();
        await next.AnswerAsync(1, result);
        Assert.Contains("-32001", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => _session.IsEnded);
    }

    [Fact]
    public async Task ChildLost_OnExitTerminate_EndsTheSession()
    {
        _server.Update(_server.Config with { OnExit = OnExit.Terminate });
        (await BeginAsync(_session)).Exit(3);
        await Waiting.UntilAsync(() => _session.IsEnded);
    }

    [Fact]
    public async Task ChildLost_BeforeItsHandshake_EndsTheSession()
    {
        var post = _fixture.Post();
        Receive(_session, Initialize(), post);
        var child = await _fixture.Launcher.NextAsync();
        await child.ReadAsync();
        child.Exit(3);
        Assert.Contains("exited with code 3", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => _session.IsEnded);
    }

    [Fact]
    public async Task ChildLost_SoonAfterEachStart_IsNotStartedAgainBeforeItsTime()
    {
        (await BeginAsync(_session)).Exit(3);
        var child = await CalledAfterLossAsync();
        Assert.False(_fixture.Children.IsFailing(_server));
        child.Exit(4);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.True(_fixture.Children.IsFailing(_server));
        Assert.Equal(2, _fixture.Recorder.Sum("mcpgateway.children.lost"));

        var post = _fixture.Post();
        Receive(_session, Json.Request(20), post);
        var refused = JsonNode.Parse((await SessionsFixture.ReadAsync(post))!)!["error"]!;
        Assert.Contains("exited with code 4", (string?)refused["message"], StringComparison.Ordinal);
        var wait = TimeSpan.FromMilliseconds((long)refused["data"]!["retryAfterMs"]!);
        Assert.InRange(wait.TotalSeconds, 0.5, 1.5);
        _fixture.Time.Advance(wait);
        await CalledAfterLossAsync();
        Assert.Equal(3, _fixture.Launcher.Count);

        await TickAsync(TimeSpan.FromSeconds(9));
        Assert.True(_fixture.Children.IsFailing(_server));
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.False(_fixture.Children.IsFailing(_server));
    }

    [Fact]
    public async Task ChildLost_NewOneHangsAtInitialize_WhoSentACallWaitsNoLongerThanItsAnswer()
    {
        _server.Update(_server.Config with { RequestTimeout = _server.Config.StartTimeout / 2 });
        var lost = await BeginAsync(_session);
        lost.Exit();
        await Waiting.UntilAsync(() => _server.Processes == 0);
        var post = _fixture.Post();
        var receipt = _session.Receive(Json.Request(15), post, CancellationToken.None);
        await (await _fixture.Launcher.NextAsync()).ReadAsync(); // its initialize, which stays unanswered
        Assert.False(receipt.Delivered.IsCompleted);
        await TickAsync(_server.Config.RequestTimeout);
        Assert.Contains("requestTimeout", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        await receipt.Delivered.AsTask().Soon();
    }

    [Fact]
    public async Task ChildLost_WhatItAskedTheClient_IsWithdrawn()
    {
        var child = await BeginAsync(_session);
        var post = await CallAsync(child, 9);
        await child.SayAsync("""{"jsonrpc":"2.0","id":"q","method":"roots/list"}""");
        var requestId = (long)JsonNode.Parse((await SessionsFixture.ReadAsync(post))!)!["id"]!;
        var stream = _session.OpenStream();
        child.Exit(3);
        var withdrawn = JsonNode.Parse((await SessionsFixture.ReadAsync(stream))!)!;
        Assert.Equal(("notifications/cancelled", requestId),
            ((string?)withdrawn["method"], (long)withdrawn["params"]!["requestId"]!));
    }

    [Fact]
    public async Task HibernateAfter_WhatItAskedTheClient_IsWithdrawnAndTheNextOneMayAskUnderTheSameId()
    {
        const string question = """{"jsonrpc":"2.0","id":"q","method":"roots/list"}""";
        _server.Update(_server.Config with { HibernateAfter = TimeSpan.FromMinutes(5) });
        var child = await BeginAsync(_session);
        var stream = _session.OpenStream();
        await child.SayAsync(question);
        var requestId = (long)JsonNode.Parse((await SessionsFixture.ReadAsync(stream))!)!["id"]!;
        await TickAsync(TimeSpan.FromMinutes(5));
        await Waiting.UntilAsync(() => _server.Processes == 0);
        var withdrawn = JsonNode.Parse(await NextAsync(stream))!;
        Assert.Equal(("notifications/cancelled", requestId),
            ((string?)withdrawn["method"], (long)withdrawn["params"]!["requestId"]!));

        var post = _fixture.Post();
        Receive(_session, Json.Request(15), post);
        var next = await RevivedAsync();
        await next.SayAsync(question);
        Assert.Contains("roots/list", await NextAsync(post), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HibernateAfter_IdleChild_IsStoppedAndItsSessionGoesOn()
    {
        _server.Update(_server.Config with { HibernateAfter = TimeSpan.FromMinutes(5) });
        var child = await BeginAsync(_session);
        var post = await CallAsync(child, 9);
        await TickAsync(TimeSpan.FromMinutes(1.9)); // of requestTimeout's two
        await child.SayAsync("""{"jsonrpc":"2.0","id":2,"result":{}}""");
        Assert.NotNull(await NextAsync(post));
        await TickAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(0, child.Stops);
        await TickAsync(TimeSpan.FromMinutes(1));
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.Equal(1, child.Stops);
        Assert.False(_session.IsEnded);
        await CalledAfterLossAsync();
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t","status":"failed"}}""")]
    [InlineData(null)] // its age
    public async Task HibernateAfter_RunningTask_KeepsTheChildAwake(string? end)
    {
        _server.Update(_server.Config with { HibernateAfter = TimeSpan.FromMinutes(5),
            RequestMaximum = TimeSpan.FromMinutes(15) });
        var child = await BeginAsync(_session);
        var post = _fixture.Post();
        Receive(_session, Json.Message(
            """{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"x","task":{}}}"""), post);
        await child.ReadAsync();
        await child.AnswerAsync(2, """{"task":{"taskId":"t","status":"working"}}""");
        Assert.NotNull(await NextAsync(post));
        foreach (var state in new[] { "working", "input_required" })
            await AnsweredAsync(child, """{"jsonrpc":"2.0","id":10,"method":"tasks/get","params":{"taskId":"t"}}""",
                $$"""{"taskId":"t","status":"{{state}}"}""");
        await TickAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(0, child.Stops);

        if (end is null)
            await TickAsync(_server.Config.RequestMaximum);
        else
            await child.SayAsync(end);
        await Waiting.UntilAsync(() => _session.TickAsync(_fixture.Time.GetTimestamp()).IsCompleted && child.Stops == 1);
        await CalledAfterLossAsync();
    }

    [Fact]
    public async Task MaxMemory_TakesMore_IsKilledWithTheReasonAndItsSessionGoesOn()
    {
        const long limit = 100 * 1024 * 1024;
        _server.Update(_server.Config with { MaxMemory = limit });
        var child = await BeginAsync(_session);
        var post = await CallAsync(child, 9);
        child.Memory = limit;
        await TickAsync(TimeSpan.FromSeconds(1));
        child.Memory = null; // it cannot be told
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, child.Stops);
        child.Memory = 2 * limit;
        await TickAsync(TimeSpan.FromSeconds(1));
        var error = JsonNode.Parse((await NextAsync(post)))!["error"]!;
        Assert.Contains("took 200 MiB of memory, over its limit of 100 (maxMemoryMiB)",
            (string?)error["message"], StringComparison.Ordinal);
        await Waiting.UntilAsync(() => _server.Processes == 0);
        Assert.Equal(StopTimes.None, child.StoppedWith);
        await CalledAfterLossAsync();
    }

    [Fact]
    public async Task NoSlotFree_LongestIdleChildMakesRoom()
    {
        var second = Open();
        var first = await BeginAsync(_session);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var other = await BeginAsync(second);
        var post = await CallAsync(first, 9); // it owes an answer, and the other does not
        await BeginAsync(Open());
        Assert.Equal((0, 1), (first.Stops, other.Stops));
        Assert.Equal(2, _server.Processes);
        Assert.False(second.IsEnded);
        await first.AnswerAsync(2);
        Assert.NotNull(await SessionsFixture.ReadAsync(post));
    }

    [Fact]
    public async Task NoSlotFree_AllInUse_IsRefused()
    {
        var second = Open();
        await CallAsync(await BeginAsync(_session), 9);
        await CallAsync(await BeginAsync(second), 9, second);
        Assert.Equal(RefusalReason.Unavailable,
            _sessions.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Bob, out _)?.Reason);
    }

    private Session Open()
    {
        Assert.Null(_sessions.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out var session));
        return session!;
    }

    private static McpGateway.JsonRpc.JsonRpcMessage Initialize() =>
        Json.Message("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":" + Params + "}");

    private static void Receive(Session session, McpGateway.JsonRpc.JsonRpcMessage message, ResponseStream replies) =>
        Assert.Null(session.Receive(message, replies, CancellationToken.None).Refusal);

    private async Task<FakeChild> BeginAsync(Session session)
    {
        var post = _fixture.Post();
        Receive(session, Initialize(), post);
        var child = await _fixture.Launcher.NextAsync();
        await child.ReadAsync();
        await child.AnswerAsync(1, Result);
        Assert.NotNull(await SessionsFixture.ReadAsync(post));
        Receive(session, Json.Notification("notifications/initialized"), _fixture.Post());
        await child.ReadAsync();
        return child;
    }

    /// <summary>The next child, after the handshake in which the client's own words were said again.</summary>
    private async Task<FakeChild> RevivedAsync()
    {
        var next = await _fixture.Launcher.NextAsync();
        var initialize = JsonNode.Parse(await next.ReadAsync())!;
        Assert.Equal("initialize", (string?)initialize["method"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Params), initialize["params"]));
        await next.AnswerAsync((long)initialize["id"]!, Result);
        Assert.Contains("notifications/initialized", await next.ReadAsync(), StringComparison.Ordinal);
        return next;
    }

    private async Task<FakeChild> CalledAfterLossAsync()
    {
        await Waiting.UntilAsync(() => _server.Processes == 0);
        var post = _fixture.Post();
        Receive(_session, Json.Request(15), post);
        var next = await RevivedAsync();
        var call = JsonNode.Parse(await next.ReadAsync())!;
        await next.AnswerAsync((long)call["id"]!);
        while (!(await SessionsFixture.ReadAsync(post))!.Contains("\"result\"", StringComparison.Ordinal))
        {
            // list_changed comes first.
        }

        return next;
    }

    private async Task<ResponseStream> CallAsync(FakeChild child, int id, Session? session = null)
    {
        var post = _fixture.Post();
        Receive(session ?? _session, Json.Request(id), post);
        Assert.Contains("tools/call", await child.ReadAsync(), StringComparison.Ordinal);
        return post;
    }

    private async Task AnsweredAsync(FakeChild child, string request, string result = "{}")
    {
        var post = _fixture.Post();
        Receive(_session, Json.Message(request), post);
        await child.AnswerAsync((long)JsonNode.Parse(await child.ReadAsync())!["id"]!, result);
        Assert.Contains("\"result\"", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
    }

    private static async Task<JsonNode> TakeAsync(FakeChild child, string method)
    {
        var request = JsonNode.Parse(await child.ReadAsync())!;
        Assert.Equal(method, (string?)request["method"]);
        await child.AnswerAsync((long)request["id"]!);
        return request["params"]!;
    }

    private static async Task<string> NextAsync(ResponseStream stream)
    {
        string? next;
        do
            next = await SessionsFixture.ReadAsync(stream);
        while (next == "keep-alive");
        return next!;
    }

    private Task TickAsync(TimeSpan later) => _session.TickAsync(_fixture.Time.Advance(later)).Soon();
}
