using Microsoft.CodeAnalysis;

namespace McpGateway.Tests.Architecture;

/// <summary>A C# file; <paramref name="Path"/> is relative to src/McpGateway, with forward slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private const string Solution = "McpGateway.sln";

    /// <summary>Whether it wires the gateway together, and may use everything for that.</summary>
    public bool IsComposition => LayoutRules.Composition.Contains(Path);

    public string Namespace => string.Join('.', [LayoutRules.Root, .. Path.Split('/')[..^1]]);

    /// <summary>A complaint that says where.</summary>
    public string Complaint(SyntaxNode where, string text) => Complaint(where.GetLocation(), text);

    /// <inheritdoc cref="Complaint(SyntaxNode,string)"/>
    public string Complaint(Location where, string text) => $"{Path}({where.GetLineSpan().StartLinePosition.Line + 1}): {text}";

    /// <summary>Every source file of the gateway, read from the working copy that the tests were built in.</summary>
    public static IReadOnlyList<SourceFile> OfTheGateway()
    {
        var root = System.IO.Path.Combine(SolutionDirectory(), "src", "McpGateway");
        return
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => (File: file, Path: System.IO.Path.GetRelativePath(root, file).Replace('\\', '/')))
                .Where(it => it.Path.Split('/')[0] is not "bin" and not "obj")
                .OrderBy(it => it.Path, StringComparer.Ordinal)
                .Select(it => new SourceFile(it.Path, File.ReadAllText(it.File))),
        ];
    }

    private static string SolutionDirectory()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, Solution)))
                return at.FullName;
        }

        throw new DirectoryNotFoundException($"No {Solution} above {AppContext.BaseDirectory}.");
    }
}
