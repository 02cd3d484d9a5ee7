using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions.Children;

/// <summary>Which sessions share which child, and the seats at them.</summary>
public sealed class ChildPool
{
    private readonly RelayContext _context;
    private readonly Endings _endings;
    private readonly Dictionary<ChildKey, SharedChild> _children = [];
    private readonly Lock _lock = new();

    public ChildPool(RelayContext context, ILogger<ChildPool> log)
    {
        _context = context;
        _endings = new Endings(log);
    }

    /// <summary>Finds out how a new session will sit; a child of its own takes one of its server's places now.</summary>
    /// <returns>Makes the seat; null when the server has no place.</returns>
    internal Func<Session, ISeat>? TryReserve(ServerState server, SessionKind kind)
    {
        if (kind is SessionKind.Implicit || server.Stdio.Isolation is not Isolation.Session)
            return session => new SharedSeat(session, this);
        return TryReserveProcess(server) ? session => new OwnChild(session, _context) : null;
    }

    /// <summary>Seats a session at the child of its key, which is created when there is none.</summary>
    /// <returns>Null when it is seated.</returns>
    internal Refusal? TryJoin(SharedSeat seat, ChildKey key, out SharedChild? child)
    {
        lock (_lock)
        {
            if (_children.TryGetValue(key, out child) && child.TryJoin(seat))
                return null;
            child = null;
            if (!TryReserveProcess(key.Server))
                return Refusal.TooManyProcesses(key.Server.Name);
            child = new SharedChild(key, _context, OnEnded);
            child.TryJoin(seat);
            _children[key] = child;
            return null;
        }
    }

    /// <summary>The monitor's visit: one task for each child.</summary>
    internal IEnumerable<Task> Tick(long now) => All().Select(child => child.TickAsync(now));

    /// <summary>Ends all children and waits until they are gone.</summary>
    internal Task EndAllAsync() => _endings.WhenAllAsync(All().Select(child => child.EndAsync(Refusal.Draining.Error)));

    // At the limit, the child that has gone unused the longest is stopped: who asks again a little later finds its place.
    private bool TryReserveProcess(ServerState server)
    {
        if (server.TryReserveProcess())
            return true;
        if (All().Where(child => child.Key.Server == server && child.IsVacant).MinBy(child => child.UsedAt) is { } unused)
            _ = unused.EndIfVacantAsync();
        return false;
    }

    private SharedChild[] All()
    {
        lock (_lock)
            return [.. _children.Values];
    }

    private void OnEnded(SharedChild child, Task ending)
    {
        _endings.Add(ending, child.Key.Server.Name); // first: in between, the end of all children would find it in neither
        lock (_lock)
        {
            if (_children.TryGetValue(child.Key, out var current) && current == child)
                _children.Remove(child.Key);
        }
    }
}
