namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Processes and their descendants, as /proc shows them.</summary>
internal static class FamilyTree
{
    /// <summary>All that lives of these processes and below them, by one look.</summary>
    public static List<int> Living(IEnumerable<int> roots)
    {
        var waiting = new Stack<int>(roots);
        var seen = new HashSet<int>();
        var living = new List<int>();
        while (waiting.TryPop(out var pid))
        {
            if (!seen.Add(pid) || ProcFiles.Stat(pid) is not { HasEnded: false })
                continue;
            living.Add(pid);
            foreach (var child in ProcFiles.ChildrenOf(pid))
                waiting.Push(child);
        }

        return living;
    }
}
