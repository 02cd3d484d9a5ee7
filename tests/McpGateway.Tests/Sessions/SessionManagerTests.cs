using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

public sealed class SessionManagerTests : IDisposable
{
    private readonly SessionsFixture _fixture = new();
    private readonly StdioServerState _server = new(ServersFixture.Config() with { MaxProcesses = 4 });

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Find_ForAnyoneElseOrElsewhere_DoesNotExist()
    {
        var manager = _fixture.Manager();
        Assert.Null(manager.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out var session));
        Assert.Same(session, manager.Find("one", session!.Id, SessionsFixture.Alice));
        Assert.Null(manager.Find("one", session.Id, SessionsFixture.Bob));
        Assert.Null(manager.Find("one", session.Id, SessionsFixture.Alice with { Issuer = "other" }));
        Assert.Null(manager.Find("one", session.Id, SessionOwner.Anonymous));
        Assert.Null(manager.Find("two", session.Id, SessionsFixture.Alice));
        Assert.Null(manager.Find("one", session.Id + "\n", SessionsFixture.Alice));
        Assert.Null(manager.Find("one", session.Id.ToUpperInvariant() + "x", SessionsFixture.Alice));
    }

    [Fact]
    public async Task TryOpen_Limits_AreHeldAndGivenBack()
    {
        var manager = _fixture.Manager(new LimitsOptions { Sessions = 3, SessionsPerUser = 2 });
        Assert.Null(manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Alice, out var first));
        Assert.Null(manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Alice, out _));
        Assert.Equal(Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"),
            manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Alice, out _));
        Assert.Null(manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Bob, out _));
        Assert.Equal(Refusal.TooManySessions("Limits:Sessions"),
            manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Bob, out _));
        Assert.Equal(3, _server.Processes);
        Assert.Equal(3, _fixture.Recorder.Sum("mcpgateway.sessions"));

        await first!.EndAsync().Soon();
        await first.EndAsync().Soon();
        Assert.Null(manager.Find("one", first.Id, SessionsFixture.Alice));
        Assert.Equal(2, manager.Count);
        Assert.Equal(2, _server.Processes);
        Assert.Equal(2, _fixture.Recorder.Sum("mcpgateway.sessions"));
        Assert.Null(manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Alice, out _));
        Assert.Equal(Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"),
            manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Alice, out _));
    }

    [Fact]
    public async Task TryOpen_LimitsOfTheServer_AreHeldAndGivenBack()
    {
        var manager = _fixture.Manager();
        var config = ServersFixture.Config() with { MaxSessions = 3, MaxSessionsPerUser = 2 };
        var (server, other) = (new StdioServerState(config), new StdioServerState(config with { Name = "two" }));
        Assert.Null(manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Alice, out var first));
        Assert.Null(manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Alice, out _));
        Assert.Equal(Refusal.TooManySessionsOfUser("maxSessionsPerUser"),
            manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Alice, out _));
        Assert.Null(manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Bob, out _));
        Assert.Equal(Refusal.TooManySessions("maxSessions"),
            manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Bob, out _));
        Assert.Null(manager.TryOpen(SessionKind.Sse, other, SessionsFixture.Alice, out _)); // another server's are its own

        await first!.EndAsync().Soon();
        Assert.Null(manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Bob, out _));
    }

    [Fact]
    public async Task TryOpen_AtALimit_TheLongestUnusedSessionMakesRoom()
    {
        var manager = _fixture.Manager(new LimitsOptions { Sessions = 100, SessionsPerUser = 3 });
        var server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 10 });
        Assert.Null(Open(out var listening));
        listening!.OpenStream();
        Assert.Null(Open(out var older));
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Open(out var newer));
        _fixture.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"), Open(out _));

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Open(out _)); // in the place of the older one
        Assert.True(older!.IsEnded);
        Assert.False(listening.IsEnded || newer!.IsEnded);
        Assert.Equal(Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"), Open(out _));
        Assert.Null(manager.TryOpen(SessionKind.Streamable, server, SessionsFixture.Bob, out _)); // there is room for others

        newer!.Receive(Json.Request(1, "ping"), _fixture.Post(), CancellationToken.None);
        _fixture.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"), Open(out _));
        await listening.EndAsync().Soon();

        Refusal? Open(out Session? session) =>
            manager.TryOpen(SessionKind.Streamable, server, SessionsFixture.Alice, out session);
    }

    [Fact]
    public void TryOpen_NoProcessSlotFree_DoesNotCountAgainstTheSessionLimits()
    {
        var manager = _fixture.Manager(new LimitsOptions { Sessions = 10, SessionsPerUser = 1 });
        var single = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 1 });
        Assert.Null(manager.TryOpen(SessionKind.Sse, single, SessionsFixture.Alice, out _));
        Assert.Contains("maxProcesses",
            manager.TryOpen(SessionKind.Sse, single, SessionsFixture.Bob, out var none)!.Error.Message, StringComparison.Ordinal);
        Assert.Null(none);
        Assert.Null(manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Bob, out _));
    }

    [Fact]
    public async Task EndAll_WaitsUntilTheChildrenAreGone()
    {
        var manager = _fixture.Manager();
        manager.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out var session);
        manager.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out _);
        session!.Receive(Json.Request(1, "initialize"), _fixture.Post(), CancellationToken.None);
        var child = await _fixture.Launcher.NextAsync();
        manager.Drain(Refusal.Draining);
        Assert.Same(Refusal.Draining, manager.TryOpen(SessionKind.Sse, _server, SessionsFixture.Alice, out _));
        Assert.Same(Refusal.Draining, session.Receive(Json.Request(2), _fixture.Post(), CancellationToken.None).Refusal);
        Assert.Null(session.Receive(Json.Notification("x"), _fixture.Post(), CancellationToken.None).Refusal);
        await manager.EndAllAsync().Soon();
        Assert.True(child.IsDisposed);
        Assert.Equal(0, manager.Count);
        Assert.Equal(0, _server.Processes);
    }

    [Fact]
    public async Task EndAll_ChildThatCannotBeStopped_EndsTheStreamsAllTheSame()
    {
        var manager = _fixture.Manager();
        _fixture.Launcher.Make = () => new FakeChild { StopFailure = new InvalidOperationException("no") };
        manager.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out var session);
        var stream = session!.OpenStream();
        session.Receive(Json.Request(1, "initialize"), _fixture.Post(), CancellationToken.None);
        await _fixture.Launcher.NextAsync();
        await manager.EndAllAsync().Soon();
        Assert.Null(await SessionsFixture.ReadAsync(stream));
    }

    [Fact]
    public async Task EndAll_ChildStillBeingStarted_WaitsUntilItIsGone()
    {
        var manager = _fixture.Manager();
        using var launching = new ManualResetEventSlim();
        var child = new FakeChild();
        var token = TestContext.Current.CancellationToken;
        _fixture.Launcher.Make = () =>
        {
            launching.Wait(token);
            return child;
        };
        manager.TryOpen(SessionKind.Streamable, _server, SessionsFixture.Alice, out var session);
        var post = _fixture.Post();
        session!.Receive(Json.Request(1, "initialize"), post, CancellationToken.None);
        await Waiting.UntilAsync(() => _fixture.Launcher.Count == 1);
        var ending = manager.EndAllAsync();
        Assert.Contains("error", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        Assert.False(ending.IsCompleted);
        launching.Set();
        await ending.Soon();
        Assert.True(child.IsDisposed);
        Assert.Equal(0, _server.Processes);
    }
}
