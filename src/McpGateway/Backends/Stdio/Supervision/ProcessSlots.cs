namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// Reserves process slots. When all slots of a server are in use, the child that has been idle the longest makes room. So a new
/// session is not refused because of children that nobody uses.
/// </summary>
internal sealed class ProcessSlots(WarmChildren warm)
{
    private readonly HashSet<ChildSupervisor> _supervisors = [];
    private readonly Lock _lock = new();

    public void Add(ChildSupervisor supervisor)
    {
        lock (_lock)
            _supervisors.Add(supervisor);
    }

    public void Remove(ChildSupervisor supervisor)
    {
        lock (_lock)
            _supervisors.Remove(supervisor);
    }

    /// <summary>Whether one of the server's children is lost again and again.</summary>
    public bool IsAnyFailing(StdioServerState server) => SupervisorsOf(server).Any(supervisor => supervisor.Backoff.IsFailing);

    /// <returns>Null when every child is in use.</returns>
    public ProcessSlot? TryReserve(StdioServerState server)
    {
        if (server.TryReserveSlot() is { } free)
            return free;
        return MakeRoom(server) is { } vacated ? server.TakeOverSlot(vacated) : null;
    }

    // First a child without sessions, which ends for good, then a warm one, then one with sessions, which hibernates. Not under
    // the lock: none of the three gives away a child twice, and ending one calls code that takes locks of its own.
    private Task? MakeRoom(StdioServerState server)
    {
        var longestIdleFirst = SupervisorsOf(server).Where(supervisor => supervisor.HoldsSlot)
            .OrderBy(supervisor => supervisor.Activity.UsedAt).ToArray();
        return First(longestIdleFirst.Select(supervisor => supervisor.Observer.TryEndIfUnused()))
            ?? warm.TryStopOne(server)
            ?? First(longestIdleFirst.Select(supervisor => supervisor.TryHibernate()));
    }

    private ChildSupervisor[] SupervisorsOf(StdioServerState server)
    {
        lock (_lock)
            return [.. _supervisors.Where(supervisor => supervisor.Server == server)];
    }

    private static Task? First(IEnumerable<Task?> attempts) => attempts.FirstOrDefault(vacated => vacated is not null);
}
