using Microsoft.CodeAnalysis;

namespace McpGateway.Tests.Architecture;

/// <summary>
/// Finds folders that use each other, at every level: the folders of one folder, and the files beside them, which count as
/// one more. Composition is left out, as it may use everything.
/// </summary>
internal static class FolderCircles
{
    public static IReadOnlyList<string> Find(GatewaySources sources)
    {
        var levels = new Dictionary<string, FolderGraph>();
        foreach (var file in sources.Files.Where(file => !file.IsComposition))
        {
            foreach (var uses in sources.UsesOf(file))
            {
                if (uses.Key is not INamedTypeSymbol type || type.ContainingNamespace.ToDisplayString() is not { } used
                    || used == file.Namespace || !LayoutRules.IsWithin(used, LayoutRules.Root))
                    continue;
                var (level, from, to) = Project(file.Namespace, used);
                if (!levels.TryGetValue(level, out var graph))
                    levels[level] = graph = new FolderGraph();
                graph.Add(from, to, file.Complaint(uses.First(), $"uses {type.Name}"));
            }
        }

        return [.. levels.OrderBy(level => level.Key, StringComparer.Ordinal).SelectMany(level => level.Value.Circles())];
    }

    // A.B.C uses A.D.E: at the level of A, B uses D. A uses A.B: at the level of A, its own files use B.
    private static (string Level, string From, string To) Project(string user, string used)
    {
        var (left, right) = (user.Split('.'), used.Split('.'));
        var common = left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
        return (string.Join('.', left[..common]), Child(left, common), Child(right, common));
    }

    private static string Child(string[] parts, int common) => parts.Length == common
        ? $"the files of {parts[^1]}"
        : string.Join('.', parts[1..(common + 1)]);
}
