using McpGateway.Configuration;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>
/// How many sessions are open, in all, of a user, with a server, and of a user with a server; none above its limit.
/// </summary>
internal sealed class SessionQuota
{
    // One lock for all four counts: they are checked and taken together, or two openings would share the last free one.
    private readonly Lock _lock = new();
    private readonly Dictionary<(string? Server, SessionOwner? Owner), int> _counts = [];

    /// <param name="limits">The gateway's.</param>
    /// <param name="server">Whom the session is for.</param>
    /// <param name="owner">Who opens it.</param>
    /// <param name="counted">Which sessions the limit counts that has been reached; null for all servers, or all users.</param>
    /// <returns>Null when there is room: it is taken.</returns>
    public Refusal? TryTake(
        LimitsOptions limits, ServerState server, SessionOwner owner, out (string? Server, SessionOwner? Owner) counted)
    {
        lock (_lock)
        {
            // The user's own limits first: who is over them is told so (429), and not that the gateway is full (503).
            if (Count(counted = (null, owner)) >= limits.SessionsPerUser)
                return Refusal.TooManySessionsOfUser("Limits:SessionsPerUser");
            if (Count(counted = (server.Name, owner)) >= server.Config.MaxSessionsPerUser)
                return Refusal.TooManySessionsOfUser("maxSessionsPerUser");
            if (Count(counted = (null, null)) >= limits.Sessions)
                return Refusal.TooManySessions("Limits:Sessions");
            if (Count(counted = (server.Name, null)) >= server.Config.MaxSessions)
                return Refusal.TooManySessions("maxSessions");
            Add(server, owner, 1);
            return null;
        }
    }

    public void Release(ServerState server, SessionOwner owner)
    {
        lock (_lock)
            Add(server, owner, -1);
    }

    private int Count((string?, SessionOwner?) sessions) => _counts.GetValueOrDefault(sessions);

    private void Add(ServerState server, SessionOwner owner, int change)
    {
        (string?, SessionOwner?)[] keys = [(null, null), (null, owner), (server.Name, null), (server.Name, owner)];
        foreach (var key in keys)
        {
            var count = _counts.GetValueOrDefault(key) + change;
            // Or the table would grow with every user who ever came.
            if (count == 0)
                _counts.Remove(key);
            else
                _counts[key] = count;
        }
    }
}
