using System.Runtime.Versioning;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Finds out to which process tree each adopted process belongs. The kernel makes the orphans of all children the children of
/// this process (subreaper). Only the watch's thread calls this.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class OrphanAssignment(ChildTags tags)
{
    // The framework reaps the children of its own Process at once. So a zombie of unknown origin that is this old is reaped by
    // nobody else.
    private static readonly TimeSpan UnknownZombieTimeout = TimeSpan.FromSeconds(10);

    // As process 1 of a container: there, the framework also reaps what it did not start itself.
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
            // The framework must reap the roots: if one is missing, it ends the program ("Error while reaping child").
            if (roots.Contains(pid) || ProcFiles.Stat(pid) is not { } stat || IsOurOwn(stat))
                continue;
            var tag = tags.Of(pid);
            if (Array.Find(trees, tree => tree.Tag == tag) is { } tagged)
                Adopt(stat, tagged);
            else if (tags.IsOurs(tag))
                End(pid); // its tree is gone, so nobody else would end it
            else if (BySession(stat, trees) is { } founded)
                Adopt(stat, founded);
            else if (stat.HasEnded)
                ReapLater(pid);
        }

        foreach (var gone in _unknownZombies.Keys.Except(adopted).ToArray())
            _unknownZombies.Remove(gone);
    }

    // For a process that has changed its tag but is still in the child's session. If two children had the same id, the later one
    // counts.
    private static ProcessTree? BySession(ProcessStat stat, ProcessTree[] trees) =>
        trees.Where(tree => tree.Root.Id == stat.Session).MaxBy(tree => tree.Start);

    // Another thread may start a process while the tag is set. It is in the gateway's session, so it is not a child of a server.
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

    // No handle is needed: a child's id is not given to another process before it is reaped.
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
