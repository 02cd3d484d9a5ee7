using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Which sessions share which child.</summary>
internal sealed class ChildManager
{
    private readonly SupervisionContext _context;
    private readonly ShutdownTasks _endings;
    private readonly Dictionary<ChildKey, SharedChild> _children = [];
    private readonly HashSet<ChildSupervisor> _lines = [];
    private readonly Lock _lock = new();
    private bool _closed;

    public ChildManager(SupervisionContext context, ILogger<ChildManager> log)
    {
        _context = context;
        _endings = new ShutdownTasks(log);
    }

    /// <summary>Whether a server's last start has failed, or one of its children is lost again and again.</summary>
    public bool IsFailing(ServerState server)
    {
        if (server.Starts.LastFailure is not null)
            return true;
        lock (_lock)
            return _lines.Any(line => line.Server == server && line.IsFailing);
    }

    /// <summary>Decides whether a new session gets a child of its own, which takes one of its server's slots now.</summary>
    /// <returns>Creates the session's part; null when the server has no slot.</returns>
    internal Func<Session, IBackendSession>? TryReserve(ServerState server, SessionKind kind)
    {
        if (kind is SessionKind.Implicit || server.Stdio.Isolation is not Isolation.Session)
            return session => new SharedChildSession(session, this);
        return TryReserve(server) is { } place ? session => new DedicatedChild(session, this, place, _context) : null;
    }

    internal void Add(ChildSupervisor line)
    {
        lock (_lock)
            _lines.Add(line);
    }

    internal void Remove(ChildSupervisor line)
    {
        lock (_lock)
            _lines.Remove(line);
    }

    /// <summary>Gives a session the child of its key, which is created when there is none.</summary>
    /// <returns>Null when it has one.</returns>
    internal Refusal? TryJoin(Session session, ChildKey key, out SharedChild? child)
    {
        lock (_lock)
        {
            if (_children.TryGetValue(key, out child) && child.TryJoin(session))
                return null;
            child = null;
            if (TryReserve(key.Server) is not { } place)
                return Refusal.TooManyProcesses(key.Server.Name);
            child = new SharedChild(key, this, place, _context, OnEnded);
            child.TryJoin(session);
            _children[key] = child;
            return null;
        }
    }

    /// <summary>The monitor's visit: one task for each child.</summary>
    internal IEnumerable<Task> Tick(long now) => All().Select(child => child.TickAsync(now));

    /// <summary>Starts the one child of each shared server that is to be kept ready.</summary>
    internal void WarmUp(IEnumerable<ServerState> servers)
    {
        foreach (var server in servers.Where(server => server is { IsRetired: false, Config.Warm: > 0, Stdio.Isolation: Isolation.Shared }))
        {
            lock (_lock)
            {
                var key = ChildKey.ForAll(server);
                if (!_closed && server.Starts.RetryAfter == TimeSpan.Zero && !_children.ContainsKey(key) && TryReserve(server) is { } place)
                    _ = (_children[key] = new SharedChild(key, this, place, _context, OnEnded)).ConnectAsync();
            }
        }
    }

    /// <summary>Ends all children and waits until they are gone.</summary>
    internal Task EndAllAsync()
    {
        lock (_lock)
            _closed = true;
        return _endings.WhenAllAsync(All().Select(child => child.EndAsync(Refusal.Draining.Error)));
    }

    /// <summary>
    /// Takes a place among a server's processes. When all are taken, the child that has gone unused the longest and owes
    /// nobody an answer makes room: it ends if it has no session, and else sleeps until its next message.
    /// </summary>
    /// <returns>Null when every child is in use.</returns>
    internal ProcessSlot? TryReserve(ServerState server)
    {
        if (server.TryReserveProcess())
            return new ProcessSlot(Task.CompletedTask);
        lock (_lock)
        {
            if (MakeRoom(server) is not { } vacated)
                return null;
            server.TakeOverProcess();
            return new ProcessSlot(vacated);
        }
    }

    private Task? MakeRoom(ServerState server)
    {
        var vacant = _children.Values.Where(child => child.Key.Server == server && child is { IsVacant: true, HoldsPlace: true }).MinBy(child => child.UsedAt);
        if (vacant is not null)
            return vacant.EndIfVacantAsync();
        if (_context.Warm.TryGiveUp(server) is { } warm)
            return warm;
        return _lines.Where(line => line.Server == server).OrderBy(line => line.UsedAt)
            .Select(line => line.TryHibernate()).FirstOrDefault(vacated => vacated is not null);
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
