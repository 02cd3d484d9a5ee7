using McpGateway.Cli.DemoServer;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>One look at all families, from the watch's thread only.</summary>
internal sealed partial class FamilyWatch
{
    // Children of the framework's Process are reaped by the framework, at once; what still lies there then has no parent.
    private static readonly TimeSpan NobodysAfter = TimeSpan.FromSeconds(10);

    private readonly int _ownSession = Libc.GetSessionId(0);
    private readonly Dictionary<int, long> _nobodys = [];

    private void Look()
    {
        // In this order: whatever is being started now is in the table by the time that the lock is free.
        var adopted = ProcFiles.Adopted();
        Family[] families;
        lock (_lock)
        {
            families = [.. _families.Values];
            adopted.RemoveAll(_families.ContainsKey);
        }

        foreach (var family in families)
        {
            family.LookAtLeader();
            family.Orphans.Clear();
            family.HasLostOrphans = false;
        }

        Sort(adopted, families);
        foreach (var family in families)
        {
            family.Publish();
            Advance(family);
        }

        var isRestless = families.Any(family => family.Task is FamilyTask.Kill && family is not { Orphans: [], HasLostOrphans: false });
        _restlessLooks = isRestless ? _restlessLooks + 1 : 0;
    }

    private void Advance(Family family)
    {
        if (family.Task is not FamilyTask.None && family.Advance())
        {
            Forget(family);
            family.ReportEnded([]);
        }
        else if (family is { Task: FamilyTask.None, IsAbandoned: true, LeaderExit.IsCompleted: true })
        {
            Forget(family);
            _wake.Set(); // what it leaves behind is nobody's now
        }
    }

    // The id may be another child's as soon as it is reaped, and that child is to find its place free.
    private void Forget(Family family)
    {
        lock (_lock)
        {
            _families.Remove(family.Leader);
            ChildWait.Reap(family.Leader);
        }
    }

    private void Sort(List<int> adopted, Family[] families)
    {
        foreach (var pid in adopted)
        {
            // A leader and what descends from it can never be in this session.
            if (ProcFiles.Stat(pid) is not { } stat || stat.Session == _ownSession)
                continue;
            var tag = _tags.Of(pid);
            if (Array.Find(families, family => family.Tag == tag) is { } family)
                Take(pid, stat, family);
            else if (_tags.IsOurs(tag))
                End(pid);
            else if (stat.HasEnded)
                ReapLater(pid);
        }

        foreach (var gone in _nobodys.Keys.Except(adopted).ToArray())
            _nobodys.Remove(gone);
    }

    private static void Take(int pid, ProcessStat stat, Family family)
    {
        if (!stat.HasEnded)
        {
            family.Orphans.Add(pid);
            return;
        }

        ChildWait.Reap(pid);
        family.HasLostOrphans = true;
    }

    private static void End(int pid)
    {
        _ = Libc.Kill(pid, Libc.SignalKill);
        ChildWait.Reap(pid);
    }

    private void ReapLater(int pid)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (_nobodys.TryAdd(pid, now) || TimeProvider.System.GetElapsedTime(_nobodys[pid], now) < NobodysAfter)
            return;
        ChildWait.Reap(pid);
        _nobodys.Remove(pid);
    }
}
