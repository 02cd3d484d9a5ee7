using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class ChildManagerTests : IAsyncDisposable
{
    private const string Result = """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}""";

    private readonly SessionsFixture _fixture = new();
    private readonly SessionManager _sessions;
    private StdioServerState _server = Server(Isolation.User, 2);

    public ChildManagerTests() => _sessions = _fixture.Manager();

    public async ValueTask DisposeAsync()
    {
        await _sessions.EndAllAsync().Soon();
        await _fixture.Children.EndAllAsync().Soon();
        Assert.Equal(0, _server.Processes);
        Assert.Equal(0, _fixture.Budget.Queued);
        _fixture.Dispose();
    }

    [Fact]
    public async Task User_SameUserAndCapabilities_ShareAChild()
    {
        var child = await FirstAsync(Open(), """{"sampling":{},"roots":{}}""");
        await NextAsync(Open(), """{"roots":{}, "sampling":{}}""");
        Assert.Equal(1, _server.Processes);
        Assert.Equal(1, _fixture.Launcher.Count);
        Assert.Equal(0, child.Stops);
    }

    [Fact]
    public async Task User_OtherUserOrCapabilities_GetAnotherChild()
    {
        _server = Server(Isolation.User, 3);
        var first = await FirstAsync(Open(), "{}");
        Assert.NotSame(first, await FirstAsync(Open(), """{"roots":{}}"""));
        Assert.NotSame(first, await FirstAsync(Open(SessionsFixture.Bob), "{}"));
        Assert.Equal(3, _server.Processes);
    }

    [Fact]
    public async Task Shared_AllShareTheChildThatIsToldOfNoCapabilities()
    {
        _server = Server(Isolation.Shared, 1);
        await FirstAsync(Open(), """{"roots":{}}""", declared: "{}");
        await NextAsync(Open(SessionsFixture.Bob), "{}");
        Assert.Equal(1, _fixture.Launcher.Count);
    }

    [Fact]
    public void Session_TakesItsPlaceWhenItIsOpened()
    {
        _server = Server(Isolation.Session, 1);
        Open();
        Assert.Equal(1, _server.Processes);
        Assert.NotNull(_sessions.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out _));
    }

    [Theory]
    [InlineData(Isolation.Session)]
    [InlineData(Isolation.User)]
    [InlineData(Isolation.Shared)]
    public void Answer_BeforeAnythingElse_IsDroppedAndStartsNothing(Isolation isolation)
    {
        _server = Server(isolation, 1);
        Assert.Null(Receive(Open(), Json.Message("""{"jsonrpc":"2.0","id":1,"result":{}}"""), _fixture.Post()).Refusal);
        Assert.Equal(1, _fixture.Recorder.Dropped("unknown-id"));
        Assert.Equal(0, _fixture.Launcher.Count);
    }

    [Fact]
    public async Task NoPlaceLeft_InitializeIsRefusedAndMayBeTriedAgain()
    {
        _server = Server(Isolation.User, 1);
        _server.Update(_server.Config with { OnExit = OnExit.Terminate });
        var (alice, bob) = (Open(), Open(SessionsFixture.Bob));
        var first = await FirstAsync(alice, "{}");
        Assert.Contains("maxProcesses", Initialize(bob, "{}").Refusal!.Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, first.Stops);

        await alice.EndAsync().Soon();
        Assert.Equal(0, first.Stops); // its user may come back
        Assert.NotSame(first, await FirstAsync(bob, "{}")); // but another wants its slot now
        Assert.Equal(1, first.Stops);
        Assert.Equal(1, _server.Processes);
    }

    [Fact]
    public async Task Idle_WithoutASession_EndsAfterItsTime()
    {
        var session = Open();
        var child = await FirstAsync(session, "{}");
        await TickAsync(_server.Config.IdleTimeout * 2);
        Assert.Equal(0, child.Stops); // its session is there
        await CallAsync(session, child);
        await session.EndAsync().Soon();
        await TickAsync(_server.Config.IdleTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, child.Stops);
        await TickAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1, child.Stops);
    }

    [Fact]
    public async Task Idle_SessionComesBack_FindsItsChild()
    {
        var session = Open();
        var child = await FirstAsync(session, "{}");
        await session.EndAsync().Soon();
        await TickAsync(_server.Config.IdleTimeout / 2);
        await NextAsync(Open(), "{}");
        await TickAsync(_server.Config.IdleTimeout);
        Assert.Equal(0, child.Stops);
    }

    [Fact]
    public async Task ChildLost_EndsItsSessionsAndTheNextGetsANewOne()
    {
        _server.Update(_server.Config with { OnExit = OnExit.Terminate });
        var (first, second) = (Open(), Open());
        var child = await FirstAsync(first, "{}");
        await NextAsync(second, "{}");
        var post = _fixture.Post();
        Receive(second, Json.Request(5), post);
        await child.ReadAsync();
        child.Exit(3);
        Assert.Contains("exited with code 3", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        await Waiting.UntilAsync(() => first.IsEnded && second.IsEnded);
        Assert.NotSame(child, await FirstAsync(Open(), "{}"));
    }

    [Fact]
    public async Task ServerRetired_ChildEndsWithItsLastSession()
    {
        var session = Open();
        var child = await FirstAsync(session, "{}");
        _server.Retire();
        await session.EndAsync().Soon();
        await TickAsync(TimeSpan.Zero);
        Assert.Equal(1, child.Stops);
    }

    [Fact]
    public async Task InitializeResult_NothingThatCanBePassedOn_IsAnError()
    {
        var post = _fixture.Post();
        Initialize(Open(), "{}", post);
        var child = await _fixture.Launcher.NextAsync();
        await child.ReadAsync();
        await child.AnswerAsync(1, """{"protocolVersion":"1999"}""");
        Assert.Contains("no result that can be passed on", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
    }

    private static StdioServerState Server(Isolation isolation, int processes)
    {
        var config = ServersFixture.Config();
        return new StdioServerState(
            config with { MaxProcesses = processes, Target = (StdioTarget)config.Target with { Isolation = isolation } });
    }

    private Session Open(SessionOwner? owner = null)
    {
        Assert.Null(_sessions.TryOpen(SessionKind.Streamable, _server, owner ?? SessionsFixture.Alice, out var session));
        return session!;
    }

    private Receipt Initialize(Session session, string capabilities, ResponseStream? replies = null) => Receive(
        session,
        Json.Message($$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":"""
            + $$$"""{"protocolVersion":"2025-06-18","capabilities":{{{capabilities}}}}}"""),
        replies ?? _fixture.Post());

    private static Receipt Receive(Session session, McpGateway.JsonRpc.JsonRpcMessage message, ResponseStream replies) =>
        session.Receive(message, replies, CancellationToken.None);

    private async Task<FakeChild> FirstAsync(Session session, string capabilities, string? declared = null)
    {
        var post = _fixture.Post();
        Assert.Null(Initialize(session, capabilities, post).Refusal);
        var child = await _fixture.Launcher.NextAsync();
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(declared ?? capabilities), JsonNode.Parse(await child.ReadAsync())!["params"]!["capabilities"]));
        await child.AnswerAsync(1, Result);
        Assert.Contains("notifications/initialized", await child.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("2025-06-18", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        return child;
    }

    private async Task NextAsync(Session session, string capabilities)
    {
        var post = _fixture.Post();
        Assert.Null(Initialize(session, capabilities, post).Refusal);
        Assert.Contains("2025-06-18", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
    }

    private async Task CallAsync(Session session, FakeChild child)
    {
        var post = _fixture.Post();
        Assert.Null(Receive(session, Json.Request(9), post).Refusal);
        var id = (long)JsonNode.Parse(await child.ReadAsync())!["id"]!;
        await child.AnswerAsync(id);
        Assert.NotNull(await SessionsFixture.ReadAsync(post));
    }

    private Task TickAsync(TimeSpan later) => Task.WhenAll(_fixture.Children.Tick(_fixture.Time.Advance(later))).Soon();
}
