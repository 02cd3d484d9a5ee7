using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Decides which sessions share which child: finds the child for a session, and keeps the shared ones until they have ended.
/// </summary>
internal sealed class ChildManager(SupervisionContext context, ILogger<ChildManager> log)
{
    private readonly ShutdownTasks _ending = new(log);
    private readonly Dictionary<ChildKey, SharedChild> _children = [];
    private readonly Lock _lock = new();
    private bool _closed;

    /// <summary>Whether a server's last start has failed, or one of its children is lost again and again.</summary>
    public bool IsFailing(ServerState server) =>
        Stdio(server) is var stdio && (stdio.StartBackoff.LastFailure is not null || context.Slots.IsAnyFailing(stdio));

    /// <summary>
    /// Decides which child a new session gets. A child of its own reserves its process slot now, so that a session which is
    /// opened can also be used.
    /// </summary>
    /// <returns>Creates the session's part of the child; null when no slot is free.</returns>
    public Func<Session, IBackendSession>? TryReserve(ServerState server, SessionKind kind)
    {
        if (kind is SessionKind.Implicit || server.Stdio.Isolation is not Isolation.Session)
            return session => new SharedChildSession(session, this);
        return TryReserve(server) is { } slot ? session => new DedicatedChild(session, slot, context) : null;
    }

    /// <summary>Adds a session to the child of its key, which is created when there is none.</summary>
    /// <returns>Null when it was added.</returns>
    public Refusal? TryJoin(Session session, ChildKey key, out SharedChild? child)
    {
        lock (_lock)
        {
            // Repeated, because a child without sessions, even a new one, may be ended at any time to make room for another.
            while (!_children.TryGetValue(key, out child) || !child.TryJoin(session))
            {
                child = null;
                if (TryReserve(key.Server) is not { } slot)
                    return Refusal.TooManyProcesses(key.Server.Name);
                _children[key] = new SharedChild(key, slot, context, OnEnded);
            }

            return null;
        }
    }

    /// <summary>The monitor's visit: one task for each shared child.</summary>
    public IEnumerable<Task> Tick(long now) => All().Select(child => child.TickAsync(now));

    /// <summary>Starts the one child of each shared server that must be kept ready (<c>warm</c>).</summary>
    public void WarmUp(IEnumerable<ServerState> servers)
    {
        foreach (var server in servers)
        {
            if (server is not { IsRetired: false, Config.Warm: > 0, Stdio.Isolation: Isolation.Shared })
                continue;
            lock (_lock)
            {
                var key = ChildKey.ForAll(server);
                if (_closed || Stdio(server).StartBackoff.RetryAfter > TimeSpan.Zero || _children.ContainsKey(key)
                    || TryReserve(server) is not { } slot)
                {
                    continue;
                }

                var child = new SharedChild(key, slot, context, OnEnded);
                _children[key] = child;
                _ = child.ConnectAsync(); // never fails: the start logs why it did, and the next visit tries again
            }
        }
    }

    /// <summary>Ends all shared children and waits until they are gone.</summary>
    public Task EndAllAsync()
    {
        lock (_lock)
            _closed = true; // or WarmUp would start the children again
        return _ending.WhenAllAsync(All().Select(child => child.EndAsync(Refusal.Draining.Error)));
    }

    private ProcessSlot? TryReserve(ServerState server) => context.Slots.TryReserve(Stdio(server));

    // The registry's states are created by this backend.
    private static StdioServerState Stdio(ServerState server) => (StdioServerState)server;

    private SharedChild[] All()
    {
        lock (_lock)
            return [.. _children.Values];
    }

    private void OnEnded(SharedChild child, Task ending)
    {
        _ending.Add(ending, child.Key.Server.Name); // first, or EndAllAsync could find it in neither
        lock (_lock)
        {
            if (_children.TryGetValue(child.Key, out var current) && current == child)
                _children.Remove(child.Key);
        }
    }
}
