using System.Text.Json.Nodes;
using McpGateway.Configuration;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Backends.Stdio;

namespace McpGateway.Tests.Sessions;

/// <summary>One server whose children the test plays, and the sessions of its clients. The clock stands still.</summary>
internal sealed class PlayedServer : IAsyncDisposable
{
    private const string InitializeResult = """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}""";

    private readonly SessionManager _sessions;
    private readonly SessionlessCalls _sessionless;

    /// <param name="isolation">Who shares a child.</param>
    /// <param name="starts">Children that may be starting at a time; so many by default that none waits.</param>
    /// <param name="tools">Its rules.</param>
    public PlayedServer(Isolation isolation = Isolation.Session, int starts = 1000, ServerToolsConfig? tools = null)
    {
        Fixture = new SessionsFixture(starts);
        var config = ServersFixture.Config();
        var target = (StdioTarget)config.Target with { Isolation = isolation };
        State = new StdioServerState(config with { Target = target, Tools = tools }, Fixture.Time);
        _sessions = Fixture.Manager();
        _sessionless = new SessionlessCalls(_sessions);
    }

    public SessionsFixture Fixture { get; }

    public StdioServerState State { get; }

    public async ValueTask DisposeAsync()
    {
        await Fixture.Supervision.Warm.StopAllAsync().Soon();
        await _sessions.EndAllAsync().Soon();
        await Fixture.Children.EndAllAsync().Soon();
        await Waiting.UntilAsync(() => State.Processes == 0);
        Fixture.Dispose();
    }

    public Session Open()
    {
        Assert.Null(_sessions.TryOpen(SessionKind.Streamable, State, SessionsFixture.Alice, out var session));
        return session!;
    }

    /// <summary>The client sends a request.</summary>
    /// <returns>Where it is answered.</returns>
    public ResponseStream Ask(Session session, string request)
    {
        var post = Fixture.Post();
        Assert.Null(session.Receive(Json.Message(request), post, CancellationToken.None).Refusal);
        return post;
    }

    /// <summary>The client of a new session sends its first request.</summary>
    public ResponseStream Initialize() => Initialize(Open());

    /// <inheritdoc cref="Initialize()"/>
    public ResponseStream Initialize(Session session) => Ask(
        session, """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":"""
            + """{}}}""");

    /// <summary>A request without a session: the gateway does the handshake with the child.</summary>
    public ResponseStream AskWithoutSession(SessionOwner owner)
    {
        var post = Fixture.Post();
        Assert.Null(_sessionless.Receive(State, owner, Json.Request(1, "ping"), post).Refusal);
        return post;
    }

    /// <summary>The whole handshake of a session that needs a new child.</summary>
    public async Task<FakeChild> BeginAsync(Session session)
    {
        var post = Initialize(session);
        var child = await Fixture.Launcher.NextAsync();
        await InitializedAsync(child);
        Assert.Contains("\"result\"", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        session.Receive(Json.Notification("notifications/initialized"), Fixture.Post(), CancellationToken.None);
        Assert.Contains("notifications/initialized", await child.ReadAsync(), StringComparison.Ordinal);
        return child;
    }

    /// <summary>The child answers initialize, whoever sent it.</summary>
    public static Task InitializedAsync(FakeChild child) => AnsweredAsync(child, "initialize", InitializeResult);

    /// <summary>The child answers the request that comes next.</summary>
    public static async Task AnsweredAsync(FakeChild child, string method, string result = "{}")
    {
        var request = JsonNode.Parse(await child.ReadAsync())!;
        Assert.Equal(method, (string?)request["method"]);
        await child.AnswerAsync((long)request["id"]!, result);
    }
}
