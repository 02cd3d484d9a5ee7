using System.Collections.Concurrent;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Policies.RateLimits;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

/// <summary>The sessions by id: opened within the limits, found only by their owner, ended once.</summary>
internal sealed partial class SessionManager(
    SessionContext context, IBackendSessions backend, IOptions<LimitsOptions> limits, ILogger<SessionManager> log)
{
    // A client that is there, but has no stream and asks little, must not lose its session to the next one.
    private static readonly TimeSpan UnusedTime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<(ServerState, SessionOwner, UserEnvironment?), Session> _implicit = [];
    private readonly ShutdownTasks _endings = new(log);
    private readonly SessionQuota _quota = new();
    private volatile bool _closed;
    private volatile bool _draining;

    /// <summary>The sessions open now.</summary>
    public int Count => _sessions.Count;

    internal IEnumerable<Session> All => _sessions.Select(session => session.Value);

    /// <summary>Opens a session. Its child starts with its first message.</summary>
    /// <returns>Null when it was opened.</returns>
    public Refusal? TryOpen(
        SessionKind kind, ServerState server, SessionOwner owner, out Session? session, UserEnvironment? user = null)
    {
        session = null;
        if (IsClosedFor(kind))
            return Refusal.Draining;
        // Before the reservation, which may stop another session's idle child to make room for this one.
        while (_quota.TryTake(limits.Value, server, owner, out var counted) is { } full)
        {
            if (!TryMakeRoom(counted.Server, counted.Owner))
                return full;
        }

        if (backend.TryReserve(server, kind) is not { } createBackend)
        {
            _quota.Release(server, owner);
            return Refusal.TooManyProcesses(server.Name);
        }

        session = new Session(kind, server, owner, context, createBackend, OnEnded, user);
        _sessions[session.Id] = session;
        context.Metrics.SessionOpened(server.Name);
        Log.Opened(log, server.Name, kind);
        // Checked again, now that the session can be found: the stop sets the flag, and then ends the sessions that it finds.
        if (!IsClosedFor(kind))
            return null;
        _ = session.EndAsync(); // the end of all sessions may have come before this one could be seen
        session = null;
        return Refusal.Draining;
    }

    /// <summary>Finds a session of this server and this owner. For anyone else it does not exist.</summary>
    // The same answer for a session of somebody else and for none: who guesses ids must not learn which of them exist.
    public Session? Find(string server, string id, SessionOwner owner) =>
        SessionId.IsWellFormed(id) && _sessions.TryGetValue(id, out var session)
        && session.Server.Name == server && session.Owner == owner ? session : null;

    /// <summary>The session for a user's calls without one; opened if there is none, and not idle from here on.</summary>
    /// <returns>Null when there is one.</returns>
    internal Refusal? TryUseImplicit(
        ServerState server, SessionOwner owner, out Session? session, UserEnvironment? user = null, ClientQuota? quota = null)
    {
        // One lock around search and opening: two calls at once must not start two children for one user.
        lock (_implicit)
        {
            if (_implicit.TryGetValue((server, owner, user), out session) && session.TryUse())
                return null;
            // Only when one is opened: calls in a session that exists are charged as messages.
            if (quota?.ChargeOpening() is { IsTaken: false } spent)
                return Refusal.TooManyOpenings(spent.Wait);
            if (TryOpen(SessionKind.Implicit, server, owner, out session, user) is { } refusal)
                return refusal;
            _implicit[(server, owner, user)] = session!;
            return null;
        }
    }

    internal Session? FindImplicit(ServerState server, SessionOwner owner, UserEnvironment? user = null)
    {
        lock (_implicit)
            return _implicit.GetValueOrDefault((server, owner, user));
    }

    /// <summary>Takes no more sessions, but for calls without one.</summary>
    internal void Close() => _closed = true;

    /// <summary>Takes no more sessions at all, and no more requests in those that there are.</summary>
    /// <param name="refusal">What such requests are told.</param>
    internal void Drain(Refusal refusal)
    {
        _draining = true;
        foreach (var session in All)
            session.Drain(refusal);
    }

    /// <summary>A replica leaves: ends the streams that pass through it, in order.</summary>
    public void LeaveVia(string replica)
    {
        foreach (var session in All)
            session.LeaveVia(replica);
    }

    /// <summary>Ends all sessions and waits until their children are gone.</summary>
    internal Task EndAllAsync() => _endings.WhenAllAsync(All.Select(session => session.EndAsync()));

    private bool IsClosedFor(SessionKind kind) => _draining || (_closed && kind is not SessionKind.Implicit);

    // Many clients leave without ending their session: those that come next must not be kept out until idleTimeout.
    private bool TryMakeRoom(string? server, SessionOwner? owner)
    {
        var now = context.Time.GetTimestamp();
        var unused = All
            .Where(session => (server is null || session.Server.Name == server) && (owner is null || session.Owner == owner)
                && session.IdleTime(now) >= UnusedTime)
            .MaxBy(session => session.IdleTime(now));
        if (unused is null)
            return false;
        Log.MakesRoom(log, unused.Server.Name);
        unused.EndUnused(UnusedTime);
        return true;
    }

    private void OnEnded(Session session, Task ending)
    {
        _endings.Add(ending, session.Server.Name); // first: in between, the end of all sessions would find it in neither
        _sessions.TryRemove(session.Id, out _);
        if (session.Kind is SessionKind.Implicit)
            ForgetImplicit(session);
        _quota.Release(session.Server, session.Owner);
        context.Metrics.SessionEnded(session.Server.Name);
        Log.Ended(log, session.Server.Name, session.Kind);
    }

    private void ForgetImplicit(Session session)
    {
        lock (_implicit)
        {
            // A call may have opened the next one since the end of this one began.
            if (FindImplicit(session.Server, session.Owner, session.User) == session)
                _implicit.Remove((session.Server, session.Owner, session.User));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Server}: {Kind} session opened", EventName = "SessionOpened")]
        public static partial void Opened(ILogger log, string server, SessionKind kind);

        [LoggerMessage(2, LogLevel.Information, "{Server}: {Kind} session ended", EventName = "SessionEnded")]
        public static partial void Ended(ILogger log, string server, SessionKind kind);

        [LoggerMessage(3, LogLevel.Information, "{Server}: a session that nobody uses ends, to make room for another",
            EventName = "SessionMakesRoom")]
        public static partial void MakesRoom(ILogger log, string server);
    }
}
