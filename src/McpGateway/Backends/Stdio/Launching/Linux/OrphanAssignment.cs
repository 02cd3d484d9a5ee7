using System.Runtime.Versioning;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Finds out to which process tree each adopted process belongs. The kernel gives the orphans of all children to this process
/// (subreaper); only the watch's thread calls this.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class OrphanAssignment(ChildTags tags)
{
    // The framework reaps the children of its Process at once: after this long a zombie of unknown origin has nobody else.
    private static readonly TimeSpan UnknownZombieTimeout = TimeSpan.FromSeconds(10);

    // As the first process of a container: there the framework reaps all that it did not start itself.
    private static readonly bool FrameworkReapsAll = Environment.ProcessId == 1;

    private readonly int _ownSession = Libc.GetSessionId(0);
    private readonly Dictionary<int, long> _unknownZombies = [];

    /// <summary>Adds each adopted process to its tree, reaps those that have ended, and kills those whose tree is gone.</summary>
    /// <param name="adopted">Ids of this process's children.</param>
    /// <param name="trees">The trees that are watched now.</param>
    public void Assign(List<int> adopted, ProcessTree[] trees)
    {
        var roots = trees.Where(tree => !tree.HasRootEnded).Select(tree => tree.Root.Id).ToHashSet();
        foreach (var pid in adopted)
        {
            // A root is the framework's to reap: if it were reaped here, the framework would end the program.
            if (roots.Contains(pid) || ProcFiles.Stat(pid) is not { } stat || IsOurOwn(stat))
                continue;
            var tag = tags.Of(pid);
            if (Array.Find(trees, tree => tree.Tag == tag) is { } tagged)
                Adopt(stat, tagged);
            else if (tags.IsOurs(tag))
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
