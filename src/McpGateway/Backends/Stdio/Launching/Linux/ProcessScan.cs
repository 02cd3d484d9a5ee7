namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Finds running processes below others, by one walk through /proc.</summary>
internal static class ProcessScan
{
    /// <summary>Returns those of these processes that are running, and all their running descendants.</summary>
    public static List<ProcessStat> Running(IEnumerable<ProcessKey> roots)
    {
        var seen = new HashSet<ProcessKey>();
        var running = new List<ProcessStat>();
        var waiting = new Stack<ProcessStat>();
        foreach (var root in roots)
        {
            if (ProcFiles.Stat(root.Pid) is { } stat && stat.Key == root)
                waiting.Push(stat);
        }

        while (waiting.TryPop(out var process))
        {
            // A root may be a descendant of another one.
            if (process.HasEnded || !seen.Add(process.Key))
                continue;
            running.Add(process);
            foreach (var child in ProcFiles.ChildrenOf(process.Pid))
            {
                // By now, a listed id may belong to another process. That one has another parent.
                if (ProcFiles.Stat(child) is { } stat && stat.Parent == process.Pid)
                    waiting.Push(stat);
            }
        }

        return running;
    }
}
