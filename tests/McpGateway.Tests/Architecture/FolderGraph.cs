namespace McpGateway.Tests.Architecture;

/// <summary>Which folder of one level uses which, with one example in the sources for each.</summary>
internal sealed class FolderGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    public void Add(string user, string used, string example)
    {
        if (!_uses.TryGetValue(user, out var all))
            _uses[user] = all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        all.TryAdd(used, example);
    }

    /// <summary>One shortest circle for each folder that is in one; no circle is told twice.</summary>
    public IEnumerable<string> Circles()
    {
        var told = new HashSet<string>();
        foreach (var folder in _uses.Keys)
        {
            if (!told.Contains(folder) && CircleFrom(folder) is { } circle)
            {
                told.UnionWith(circle);
                yield return Describe(circle);
            }
        }
    }

    // Breadth first, so that the circle is a short one. Its first folder is also its last.
    private List<string>? CircleFrom(string start)
    {
        var paths = new Queue<List<string>>([[start]]);
        var seen = new HashSet<string>();
        while (paths.TryDequeue(out var path))
        {
            foreach (var next in UsedBy(path[^1]))
            {
                if (next == start)
                    return [.. path, start];
                if (seen.Add(next))
                    paths.Enqueue([.. path, next]);
            }
        }

        return null;
    }

    private IEnumerable<string> UsedBy(string folder) => _uses.TryGetValue(folder, out var used) ? used.Keys : [];

    private string Describe(List<string> circle) =>
        $"{string.Join(" -> ", circle)}: {string.Join("; ", circle.Zip(circle.Skip(1), (user, used) => _uses[user][used]))}";
}
