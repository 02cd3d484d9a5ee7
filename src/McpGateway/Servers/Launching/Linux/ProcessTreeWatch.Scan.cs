namespace McpGateway.Servers.Launching.Linux;

/// <summary>One scan over all process trees, from the watch's thread only.</summary>
internal sealed partial class ProcessTreeWatch
{
    // The framework reaps the children of its Process at once: after this long a zombie of unknown origin has nobody else.
    private static readonly TimeSpan UnknownZombieTimeout = TimeSpan.FromSeconds(10);

    // As the first process of a container: there the framework reaps all that it did not start itself.
    private static readonly bool FrameworkReapsAll = Environment.ProcessId == 1;

    private readonly int _ownSession = Libc.GetSessionId(0);
    private readonly Dictionary<int, long> _unknownZombies = [];

    private void Scan()
    {
        // In this order: whatever is being started now is in the table by the time that the lock is free.
        var adopted = ProcFiles.Adopted();
        ProcessTree[] trees;
        lock (_lock)
            trees = [.. _trees.Values];

        foreach (var tree in trees)
            tree.BeginScan();
        Assign(adopted, trees);
        foreach (var tree in trees)
        {
            tree.EndScan();
            Advance(tree);
        }

        var isRestless = trees.Any(tree => tree.Task is TreeTask.Kill && tree is not { Orphans: [], HasReapedOrphans: false });
        _restlessScans = isRestless ? _restlessScans + 1 : 0;
    }

    private void Advance(ProcessTree tree)
    {
        if (tree.Task is not TreeTask.None && tree.Advance())
        {
            Forget(tree);
        }
        else if (tree is { Task: TreeTask.None, IsAbandoned: true, HasRootEnded: true })
        {
            Forget(tree);
            Wake(); // what it leaves behind belongs to no tree now, and is killed by the next scan
        }
    }

    private void Forget(ProcessTree tree)
    {
        lock (_lock)
            _trees.Remove(tree.Tag);
        tree.Close([]);
    }

    private void Assign(List<int> adopted, ProcessTree[] trees)
    {
        var roots = trees.Where(tree => !tree.HasRootEnded).Select(tree => tree.Root.Id).ToHashSet();
        foreach (var pid in adopted)
        {
            // A root is the framework's to reap: if it were reaped here, the framework would end the program.
            if (roots.Contains(pid) || ProcFiles.Stat(pid) is not { } stat || IsOurOwn(stat))
                continue;
            var tag = _tags.Of(pid);
            if (Array.Find(trees, tree => tree.Tag == tag) is { } tagged)
                Adopt(stat, tagged);
            else if (_tags.IsOurs(tag))
                End(pid);
            else if (BySession(stat, trees) is { } founded)
                Adopt(stat, founded);
            else if (stat.HasEnded)
                ReapLater(pid);
        }

        foreach (var gone in _unknownZombies.Keys.Except(adopted).ToArray())
            _unknownZombies.Remove(gone);
    }

    // For what has lost its tag but stayed in the child's session. Of two children that had the same id, the later one's.
    private static ProcessTree? BySession(ProcessStat stat, ProcessTree[] trees) =>
        trees.Where(tree => tree.Root.Id == stat.Session).MaxBy(tree => tree.Start);

    // Another thread may start a process while the tag is set: without a session of its own it is no child.
    private bool IsOurOwn(ProcessStat stat) => OwnSession.IsAvailable && stat.Session == _ownSession;

    private static void Adopt(ProcessStat stat, ProcessTree tree)
    {
        if (!stat.HasEnded)
        {
            tree.Orphans.Add(stat.Key);
            return;
        }

        Reap(stat.Pid);
        tree.HasReapedOrphans = true;
    }

    // No handle is needed: the id of our child stays taken until we reap it.
    private static void End(int pid)
    {
        _ = Libc.Kill(pid, Libc.SignalKill);
        Reap(pid);
    }

    private void ReapLater(int pid)
    {
        var now = TimeProvider.System.GetTimestamp();
        _unknownZombies.TryAdd(pid, now);
        if (TimeProvider.System.GetElapsedTime(_unknownZombies[pid], now) < UnknownZombieTimeout)
            return;
        Reap(pid);
        _unknownZombies.Remove(pid);
    }

    private static void Reap(int pid)
    {
        if (!FrameworkReapsAll)
            ChildWait.Reap(pid);
    }
}
