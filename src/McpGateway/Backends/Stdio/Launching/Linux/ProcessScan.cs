namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Finds running processes below others, by one walk through /proc.</summary>
internal static class ProcessScan
{
    /// <summary>Those of these processes that run, and all their running descendants.</summary>
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
            if (process.HasEnded || !seen.Add(process.Key))
                continue;
            running.Add(process);
            foreach (var child in ProcFiles.ChildrenOf(process.Pid))
            {
                // An id that was listed a moment ago may be a stranger's by now; then it has another parent.
                if (ProcFiles.Stat(child) is { } stat && stat.Parent == process.Pid)
                    waiting.Push(stat);
            }
        }

        return running;
    }
}
