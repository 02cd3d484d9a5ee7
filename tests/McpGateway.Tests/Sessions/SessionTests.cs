using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

public sealed class SessionTests : IAsyncDisposable
{
    private readonly SessionsFixture _fixture = new();
    private readonly StdioServerState _server;
    private readonly FakeChild _child = new();
    private ServerConfig _config = ServersFixture.Config();
    private Session _session;
    private int _ends;

    public SessionTests()
    {
        _fixture.Launcher.Make = () => _child;
        _server = new StdioServerState(_config);
        _session = Open(SessionKind.Streamable);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.EndAsync().Soon();
        Assert.Equal(0, _server.Processes);
        Assert.Equal(1, _ends);
        _fixture.Dispose();
    }

    [Fact]
    public async Task Initialize_Answered_SettlesTheRevision()
    {
        Assert.Null(_session.ProtocolVersion);
        await InitializeAsync();
        Assert.Equal("2025-06-18", _session.ProtocolVersion);
        Assert.Same(Refusal.AlreadyInitialized, Receive(Json.Request(9, "initialize"), _fixture.Post()).Refusal);
    }

    [Fact]
    public async Task Initialize_AnsweredWithAnError_EndsTheSession()
    {
        var post = _fixture.Post();
        Receive(Json.Request(0, "initialize"), post);
        await _child.ReadAsync();
        await _child.SayAsync("""{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}""");
        Assert.Contains("\"no\"", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        Assert.Same(Refusal.SessionNotFound, Receive(Json.Request(1), _fixture.Post()).Refusal);
        await TickAsync(TimeSpan.Zero);
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task Notification_NamedInitialize_DoesNotStandInForTheHandshake()
    {
        Receive(Json.Notification("initialize"), _fixture.Post());
        Assert.Null(Receive(Json.Request(7, "initialize"), _fixture.Post()).Refusal);
        Assert.Contains("\"id\":1", await _child.ReadAsync(), StringComparison.Ordinal); // the first that the child hears
    }

    [Fact]
    public async Task Ping_BeforeInitialize_IsAnsweredAndStartsNoChild()
    {
        var post = _fixture.Post();
        await Receive(Json.Request(1, "ping"), post).Delivered;
        Json.Equal("""{"jsonrpc":"2.0","id":1,"result":{}}""", (await SessionsFixture.ReadAsync(post))!);
        Assert.Null(await SessionsFixture.ReadAsync(post));
        Assert.Null(Receive(Json.Request(1, "initialize"), _fixture.Post()).Refusal);
        Assert.Contains("\"initialize\"", await _child.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OverTheCallsThatMayBeInFlight_IsRefused()
    {
        await InitializeAsync();
        var posts = Enumerable.Range(0, QueueLimits.Default.Messages).Select(_ => _fixture.Post()).ToArray();
        for (var i = 0; i < posts.Length; i++)
            Assert.Null(Receive(Json.Request(i + 10), posts[i]).Refusal);
        Assert.Same(Refusal.TooManyCalls, Receive(Json.Request(9), _fixture.Post()).Refusal);
    }

    [Fact]
    public async Task Request_AnotherWithItsIdOnTheSameResponse_IsRefused()
    {
        await InitializeAsync();
        var post = _fixture.Post();
        Receive(Json.Request(5), post);
        Assert.Same(Refusal.IdInFlight, Receive(Json.Request(5), post).Refusal);
        await _child.ReadAsync();
        await _child.AnswerAsync(2);
        Assert.Contains("\"id\":5,", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        Assert.Null(await SessionsFixture.ReadAsync(post));
        Assert.Null(Receive(Json.Request(5), _fixture.Post()).Refusal);
    }

    [Fact]
    public async Task Requests_WithOneIdOnSeveralResponses_AreEachAnsweredOnTheirOwn()
    {
        await InitializeAsync();
        var posts = Enumerable.Range(0, 4).Select(_ => _fixture.Post()).ToArray();
        foreach (var post in posts)
        {
            Assert.Null(Receive(Json.Request(5), post).Refusal);
            await _child.ReadAsync();
        }

        await _child.AnswerAsync(4, "{\"n\":2}"); // the third, before those that are older
        await _child.AnswerAsync(2, "{\"n\":0}");
        Assert.Contains("\"n\":2", await SessionsFixture.ReadAsync(posts[2]), StringComparison.Ordinal);
        Assert.Contains("\"n\":0", await SessionsFixture.ReadAsync(posts[0]), StringComparison.Ordinal);
        Receive(
            Json.Message("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"""), _fixture.Post());
        Assert.Null(await SessionsFixture.ReadAsync(posts[1])); // the oldest of those left
        await _child.AnswerAsync(5, "{\"n\":3}");
        Assert.Contains("\"n\":3", await SessionsFixture.ReadAsync(posts[3]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_OnAResponseWhoseClientLeaves_GoesToTheNext()
    {
        await InitializeAsync();
        var (left, open) = (
            ResponseStream.ForAnswers(_fixture.Budget, _fixture.Time, _session.TakeBack), _fixture.Post());
        Receive(Json.Request(5), left);
        Receive(Json.Request(6), open);
        await _child.SayAsync("""{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage"}""");
        await _child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/message","params":{"n":1}}""");
        await Waiting.UntilAsync(() => left.QueuedBytes > 100);

        left.Abandon();

        Assert.Contains("sampling/createMessage", await SessionsFixture.ReadAsync(open), StringComparison.Ordinal);
        Assert.Contains("notifications/message", await SessionsFixture.ReadAsync(open), StringComparison.Ordinal);
        Assert.Equal(0, left.QueuedBytes);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":5,"method":"tools/list"}""", true)]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", false)]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}""", false)]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""", false)]
    public async Task First_NotInitialize_LetsTheGatewayDoTheHandshake(string first, bool isRelayed)
    {
        Receive(Json.Message(first), _fixture.Post());
        if (!isRelayed)
            Receive(Json.Request(6), _fixture.Post());
        Assert.Equal("initialize", Method(await _child.ReadAsync()));
        await _child.AnswerAsync(1, """{"protocolVersion":"2025-11-25"}""");
        Assert.Equal("notifications/initialized", Method(await _child.ReadAsync()));
        Assert.Equal(isRelayed ? Method(first) : "tools/call", Method(await _child.ReadAsync()));
        Assert.Equal(ProtocolVersion.Latest, _session.ProtocolVersion);
        Assert.Same(Refusal.AlreadyInitialized, Receive(Json.Request(9, "initialize"), _fixture.Post()).Refusal);
    }

    /// <summary>As clients of 2026-07-28 begin with a server that they do not know.</summary>
    [Fact]
    public async Task First_ProbeAndNotification_DoNotBeginASession()
    {
        var probe = _fixture.Post();
        Assert.Null(Receive(Json.Message("""{"jsonrpc":"2.0","id":1,"method":"server/discover"}"""), probe).Refusal);
        Receive(Json.Notification("notifications/roots/list_changed"), _fixture.Post());
        Assert.Contains("-32000", await SessionsFixture.ReadAsync(probe), StringComparison.Ordinal);

        Assert.Null(Receive(Json.Request(2, "initialize"), _fixture.Post()).Refusal);
        Assert.Equal("initialize", Method(await _child.ReadAsync())); // the first that the child hears
    }

    [Fact]
    public async Task Initialized_ThatDoesNotCome_IsSentBeforeTheFirstRequest()
    {
        Receive(Json.Request(1, "initialize"), _fixture.Post());
        await _child.ReadAsync();
        var answered = _fixture.Post();
        Receive(Json.Request(2, "ping"), answered); // may come before it
        await _child.AnswerAsync(1, """{"protocolVersion":"2025-11-25"}""");
        Assert.Equal("ping", Method(await _child.ReadAsync()));
        await _child.AnswerAsync(2);
        await SessionsFixture.ReadAsync(answered);

        Receive(Json.Request(3), _fixture.Post());
        Receive(Json.Notification("notifications/initialized"), _fixture.Post()); // late: the child has it already
        Receive(Json.Request(4, "tools/list"), _fixture.Post());

        Assert.Equal("notifications/initialized", Method(await _child.ReadAsync()));
        Assert.Equal("tools/call", Method(await _child.ReadAsync()));
        Assert.Equal("tools/list", Method(await _child.ReadAsync()));
    }

    [Fact]
    public async Task Child_Ping_IsAnsweredByTheGateway()
    {
        await InitializeAsync();
        var (general, only) = (_session.OpenStream(), await CallAsync(5));
        await _child.SayAsync("""{"jsonrpc":"2.0","id":"p","method":"ping"}""");
        Json.Equal("""{"jsonrpc":"2.0","id":"p","result":{}}""", await _child.ReadAsync());
        AssertNothing(general, only);
    }

    [Fact]
    public async Task Child_MessageWithTheTokenOfACall_GoesToThatCallsStream()
    {
        await InitializeAsync();
        var (named, other) = (await CallAsync(5, token: "t"), await CallAsync(6));
        var general = _session.OpenStream();
        await _child.SayAsync(
            """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1}}""");
        Assert.Equal("notifications/progress", Method(await SessionsFixture.ReadAsync(named)));
        AssertNothing(other, general);
    }

    [Fact]
    public async Task Child_MessageOfTheTaskOfACall_GoesToThatCallsStream()
    {
        await InitializeAsync();
        var other = await CallAsync(5);
        var named = _fixture.Post();
        Receive(Json.Message("""{"jsonrpc":"2.0","id":6,"method":"tasks/result","params":{"taskId":"T"}}"""), named);
        await _child.ReadAsync();
        var general = _session.OpenStream();
        await _child.SayAsync(
            """{"jsonrpc":"2.0","method":"x","params":{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"T"}}}}""");
        Assert.Equal("x", Method(await SessionsFixture.ReadAsync(named)));
        AssertNothing(other, general);
    }

    [Fact]
    public async Task Child_MessageWithOneCallInFlight_GoesToThatCallsStream()
    {
        await InitializeAsync();
        var general = _session.OpenStream();
        var only = await CallAsync(5);
        await NotifyAsync();
        Assert.Equal("x", Method(await SessionsFixture.ReadAsync(only)));
        AssertNothing(general);
    }

    [Fact]
    public async Task Child_MessageWithSeveralCallsInFlight_GoesToTheGeneralStream()
    {
        await InitializeAsync();
        var (first, second) = (await CallAsync(5), await CallAsync(6));
        var general = _session.OpenStream();
        await NotifyAsync();
        Assert.Equal("x", Method(await SessionsFixture.ReadAsync(general)));
        AssertNothing(first, second);
    }

    [Fact]
    public async Task Child_MessageWithSeveralCallsAndNoGeneralStream_GoesToTheOldestThatListens()
    {
        await InitializeAsync();
        var gone = await CallAsync(5);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await CallAsync(6);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var third = await CallAsync(7);
        gone.Abandon();
        await NotifyAsync();
        Assert.Equal("x", Method(await SessionsFixture.ReadAsync(second)));
        AssertNothing(third);
    }

    [Fact]
    public async Task Child_MessageWithoutCalls_GoesToTheGeneralStream()
    {
        await InitializeAsync();
        var general = _session.OpenStream();
        await NotifyAsync();
        Assert.Equal("x", Method(await SessionsFixture.ReadAsync(general)));
    }

    [Fact]
    public async Task Child_MessageWithoutAnyStream_IsHeldUntilOneOpens()
    {
        await InitializeAsync();
        await NotifyAsync("first");
        await NotifyAsync("second");
        await PassAsync();
        var general = _session.OpenStream();
        Assert.Equal("first", Method(await SessionsFixture.ReadAsync(general)));
        Assert.Equal("second", Method(await SessionsFixture.ReadAsync(general)));
    }

    [Fact]
    public async Task Child_RequestThatNoStreamTakes_IsAnsweredAfterHalfAMinute()
    {
        await InitializeAsync();
        await _child.SayAsync("""{"jsonrpc":"2.0","id":"ask","method":"roots/list"}""");
        await PassAsync();
        await TickAsync(TimeSpan.FromSeconds(29));
        await TickAsync(TimeSpan.FromSeconds(1));
        var answer = await _child.ReadAsync();
        Assert.Contains("\"ask\"", answer, StringComparison.Ordinal);
        Assert.Contains("-32603", answer, StringComparison.Ordinal);
        // Its id is free again.
        await _child.SayAsync("""{"jsonrpc":"2.0","id":"ask","method":"roots/list"}""");
        Assert.Equal("roots/list", Method(await SessionsFixture.ReadAsync(_session.OpenStream())));
    }

    [Fact]
    public async Task Child_NotificationThatNoStreamTakes_IsDroppedAndCounted()
    {
        await InitializeAsync();
        await NotifyAsync();
        await PassAsync();
        await TickAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, _fixture.Recorder.Dropped("no-stream"));
    }

    [Fact]
    public async Task OpenStream_Again_EndsTheOldAndTakesWhatItsClientDidNotRead()
    {
        await InitializeAsync();
        var old = _session.OpenStream();
        await NotifyAsync("unread");
        await Waiting.UntilAsync(() => old.QueuedBytes > 0);
        var next = _session.OpenStream();
        Assert.Equal("unread", Method(await SessionsFixture.ReadAsync(next)));
        Assert.False(old.IsOpen);
        _session.CloseStream(old);
        Assert.Same(next, _session.Stream);
        _session.CloseStream(next);
        Assert.Null(_session.Stream);
    }

    [Fact]
    public async Task Cancel_CallInFlight_TellsTheChildUnderItsIdAndEndsTheStream()
    {
        await InitializeAsync();
        var post = await CallAsync(5);
        Receive(Json.Message("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5,"reason":"r"}}"""));
        Json.Equal(
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"reason":"r"}}""",
                await _child.ReadAsync());
        Assert.Null(await SessionsFixture.ReadAsync(post));
        await _child.AnswerAsync(2);
        await Waiting.UntilAsync(() => _fixture.Recorder.Dropped("unknown-id") == 1);
        Assert.Null(Receive(Json.Request(5), _fixture.Post()).Refusal);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("\"5\"")]
    public async Task Cancel_NothingOfThatId_IsDropped(string id)
    {
        await InitializeAsync();
        await CallAsync(5);
        Receive(Json.Message($$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}"""));
        Assert.Equal(1, _fixture.Recorder.Dropped("unknown-id"));
        Assert.True(_session.HasCallsInFlight);
    }

    [Fact]
    public async Task Cancel_WhileTheChildStarts_NeverReachesIt()
    {
        Receive(Json.Request(5), _fixture.Post());
        Receive(Json.Message("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"""));
        Receive(Json.Request(6, "tools/list"), _fixture.Post());
        Assert.Equal("initialize", Method(await _child.ReadAsync()));
        await _child.AnswerAsync(1);
        Assert.Equal("notifications/initialized", Method(await _child.ReadAsync()));
        Assert.Equal("tools/list", Method(await _child.ReadAsync()));
    }

    [Fact]
    public async Task Child_AsksTheClient_GetsItsAnswerUnderItsOwnIdOnce()
    {
        await InitializeAsync();
        var post = await CallAsync(5);
        await _child.SayAsync("""{"jsonrpc":"2.0","id":77,"method":"sampling/createMessage"}""");
        Json.Equal("""{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}""", (await SessionsFixture.ReadAsync(post))!);
        Receive(Json.Message("""{"jsonrpc":"2.0","id":2,"result":"forged"}"""));
        Receive(Json.Message("""{"jsonrpc":"2.0","id":1,"result":"mine"}"""));
        Receive(Json.Message("""{"jsonrpc":"2.0","id":1,"result":"again"}"""));
        Json.Equal("""{"jsonrpc":"2.0","id":77,"result":"mine"}""", await _child.ReadAsync());
        Assert.Equal(2, _fixture.Recorder.Dropped("unknown-id"));
    }

    [Fact]
    public async Task Child_CancelsWhatItAsked_TellsTheClientUnderTheIdItKnows()
    {
        await InitializeAsync();
        var post = await CallAsync(5);
        await _child.SayAsync("""{"jsonrpc":"2.0","id":"ask","method":"elicitation/create"}""");
        await SessionsFixture.ReadAsync(post);
        await _child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"ask"}}""");
        Json.Equal(
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""",
                (await SessionsFixture.ReadAsync(post))!);
        Receive(Json.Message("""{"jsonrpc":"2.0","id":1,"result":{}}"""));
        Assert.Equal(1, _fixture.Recorder.Dropped("unknown-id"));
    }

    [Fact]
    public async Task Call_WithoutAnswerOrProgress_TimesOutAndIsCancelled()
    {
        await InitializeAsync();
        var post = await CallAsync(5, token: "t");
        await TickAsync(_config.RequestTimeout - TimeSpan.FromSeconds(1));
        await _child.SayAsync(
            """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1}}""");
        await NextMessageAsync(post);
        await TickAsync(_config.RequestTimeout - TimeSpan.FromSeconds(1));
        Assert.True(_session.HasCallsInFlight);
        await TickAsync(TimeSpan.FromSeconds(1));
        var error = await NextMessageAsync(post);
        Assert.Contains("requestTimeout", error, StringComparison.Ordinal);
        Assert.Contains("-32603", error, StringComparison.Ordinal);
        var cancelled = JsonNode.Parse(await _child.ReadAsync())!;
        Assert.Equal("notifications/cancelled", (string?)cancelled["method"]);
        Assert.Equal(2, (long)cancelled["params"]!["requestId"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Call_WhileTheClientIsAsked_DoesNotTimeOutBeforeTheMaximum(int calls)
    {
        await InitializeAsync();
        // With two calls in flight the question belongs to neither.
        var posts = new List<ResponseStream>();
        for (var i = 0; i < calls; i++)
            posts.Add(await CallAsync(5 + i));
        await _child.SayAsync("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create"}""");
        await NextMessageAsync(posts[0]);
        await TickAsync(_config.RequestTimeout * 2);
        Assert.True(_session.HasCallsInFlight);
        await TickAsync(_config.RequestMaximum);
        Assert.Contains("requestMaximum", await NextMessageAsync(posts[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ClientHasAnswered_TimesOutAnew()
    {
        await InitializeAsync();
        var post = await CallAsync(5);
        await _child.SayAsync("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create"}""");
        await NextMessageAsync(post);
        await TickAsync(_config.RequestTimeout * 2);
        Receive(Json.Message("""{"jsonrpc":"2.0","id":1,"result":{}}"""));
        await TickAsync(_config.RequestTimeout - TimeSpan.FromSeconds(1));
        Assert.True(_session.HasCallsInFlight);
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("requestTimeout", await NextMessageAsync(post), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_WithoutStream_EndsTheSession()
    {
        await InitializeAsync();
        var stream = _session.OpenStream();
        await TickAsync(_config.IdleTimeout * 2);
        Assert.Equal(0, _ends);
        _session.CloseStream(stream);
        await TickAsync(_config.IdleTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, _ends);
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _ends);
        Assert.True(_child.IsDisposed);
    }

    [Fact]
    public async Task Idle_CountsFromTheLastAnswerOn()
    {
        await InitializeAsync();
        _config = _config with { RequestTimeout = TimeSpan.FromHours(9), RequestMaximum = TimeSpan.FromHours(9) };
        _server.Update(_config);
        var post = await CallAsync(5);
        await TickAsync(_config.IdleTimeout * 2);
        await _child.AnswerAsync(2);
        await NextMessageAsync(post);
        await TickAsync(_config.IdleTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, _ends);
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task CloseStream_OfAnSseSession_EndsItAtOnceWhenNothingIsInFlight()
    {
        await SseAsync();
        _session.CloseStream(_session.Stream!);
        await _session.EndAsync().Soon();
        Assert.Equal(1, _child.Stops);
    }

    [Fact]
    public async Task CloseStream_OfAnSseSessionWithACallInFlight_EndsItAfterTheAnswer()
    {
        var stream = await SseAsync();
        Receive(Json.Request(5), stream);
        await _child.ReadAsync();
        _session.CloseStream(stream);
        await TickAsync(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _ends);
        Assert.Same(Refusal.SessionNotFound, Receive(Json.Request(6), stream).Refusal);
        await _child.AnswerAsync(2);
        await Waiting.UntilAsync(() => !_session.HasCallsInFlight);
        await TickAsync(TimeSpan.Zero);
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task CloseStream_OfAnSseSessionWhoseCallHangs_EndsItAfterAMinute()
    {
        var stream = await SseAsync();
        Receive(Json.Request(5), stream);
        await _child.ReadAsync();
        _session.CloseStream(stream);
        await TickAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _ends);
        Assert.Equal(1, _child.Stops);
    }

    [Fact]
    public async Task Retired_Server_EndsTheSessionAfterItsCalls()
    {
        await InitializeAsync();
        var post = await CallAsync(5);
        _server.Retire();
        Assert.Same(Refusal.SessionNotFound, Receive(Json.Request(6), _fixture.Post()).Refusal);
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _ends);
        await _child.AnswerAsync(2);
        Assert.Contains("result", await NextMessageAsync(post), StringComparison.Ordinal);
        await TickAsync(TimeSpan.Zero);
        Assert.Equal(1, _ends);
    }

    [Fact]
    public async Task Child_Dies_CallsAndStreamsEndAndTheSessionIsGone()
    {
        await InitializeAsync();
        var general = _session.OpenStream();
        var posts = new[] { await CallAsync(5), await CallAsync(6) };
        _child.Exit(9);
        foreach (var post in posts)
        {
            Assert.Contains("exited with code 9", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
            Assert.Null(await SessionsFixture.ReadAsync(post));
        }

        Assert.Null(await SessionsFixture.ReadAsync(general));
        Assert.Same(Refusal.SessionNotFound, Receive(Json.Request(7), _fixture.Post()).Refusal);
    }

    [Fact]
    public async Task Child_CannotBeStarted_AnswersTheCallAndEndsTheSession()
    {
        _fixture.Launcher.Make = () => throw new ChildLaunchException("No such program.");
        var post = _fixture.Post();
        Receive(Json.Request(0, "initialize"), post);
        Assert.Contains("cannot be started: No such program", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        Assert.Null(await SessionsFixture.ReadAsync(post));
        await _session.EndAsync().Soon();
        Assert.Equal(0, _server.Processes);
    }

    [Fact]
    public async Task Child_CannotBeStarted_AnswersOnAnSseStreamBeforeItEnds()
    {
        _fixture.Launcher.Make = () => throw new ChildLaunchException("No such program.");
        for (var round = 0; round < 500; round++)
        {
            var session = Open(SessionKind.Sse);
            var stream = session.OpenStream();
            session.Receive(Json.Request(0, "initialize"), stream, CancellationToken.None);
            Assert.Contains("No such program", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);
            Assert.Null(await SessionsFixture.ReadAsync(stream));
            await session.EndAsync().Soon();
        }

        _ends = 0;
    }

    [Fact]
    public async Task End_CallsInFlight_AreAnswered()
    {
        await InitializeAsync();
        var post = await CallAsync(5);
        await _session.EndAsync().Soon();
        Assert.Contains("The session was ended", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        Assert.Null(await SessionsFixture.ReadAsync(post));
        Assert.Null(await SessionsFixture.ReadAsync(_session.OpenStream()));
    }

    private Session Open(SessionKind kind)
    {
        var slot = _server.TryReserveSlot()!;
        return new Session(
            kind, _server, SessionsFixture.Alice, _fixture.Context,
            session => new DedicatedChild(session, slot, _fixture.Supervision), (_, _) => _ends++);
    }

    private Receipt Receive(JsonRpcMessage message, ResponseStream? replies = null) =>
        _session.Receive(message, replies ?? _fixture.Post(), CancellationToken.None);

    private async Task InitializeAsync(ResponseStream? stream = null)
    {
        stream ??= _fixture.Post();
        Receive(Json.Request(0, "initialize"), stream);
        Assert.Equal("initialize", Method(await _child.ReadAsync()));
        await _child.AnswerAsync(1, """{"protocolVersion":"2025-06-18"}""");
        Assert.Contains("2025-06-18", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);
        Receive(Json.Notification("notifications/initialized"), _fixture.Post());
        Assert.Equal("notifications/initialized", Method(await _child.ReadAsync()));
    }

    private async Task<ResponseStream> SseAsync()
    {
        await _session.EndAsync().Soon();
        _ends = 0;
        _session = Open(SessionKind.Sse);
        var stream = _session.OpenStream();
        await InitializeAsync(stream);
        return stream;
    }

    private async Task<ResponseStream> CallAsync(int id, string? token = null)
    {
        var post = _fixture.Post();
        var meta = token is null ? string.Empty : $$$""","params":{"_meta":{"progressToken":"{{{token}}}"}}""";
        Assert.Null(Receive(Json.Message($$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call"{{meta}}}"""), post).Refusal);
        Assert.Equal("tools/call", Method(await _child.ReadAsync()));
        return post;
    }

    private Task NotifyAsync(string method = "x") => _child.SayAsync($$"""{"jsonrpc":"2.0","method":"{{method}}"}""");

    // What the child has said before has been dealt with when this answer is dropped.
    private async Task PassAsync()
    {
        var before = _fixture.Recorder.Dropped("unknown-id");
        await _child.AnswerAsync(999);
        await Waiting.UntilAsync(() => _fixture.Recorder.Dropped("unknown-id") > before);
    }

    private Task TickAsync(TimeSpan later) => _session.TickAsync(_fixture.Time.Advance(later)).Soon();

    private static async Task<string> NextMessageAsync(ResponseStream stream)
    {
        string? next;
        do
            next = await SessionsFixture.ReadAsync(stream);
        while (next == "keep-alive");
        return next ?? throw new EndOfStreamException();
    }

    private static string? Method(string? json) => (string?)JsonNode.Parse(json!)!["method"];

    private static void AssertNothing(params ResponseStream[] streams) =>
        Assert.All(streams, stream => Assert.False(stream.TryRead(out _)));
}
