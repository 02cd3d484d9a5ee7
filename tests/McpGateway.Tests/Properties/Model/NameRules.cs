using McpGateway.Tests.Properties.Generators;

namespace McpGateway.Tests.Properties.Model;

/// <summary>An object of a message whose member names are looked at.</summary>
internal enum Level
{
    Root,
    Params,
    Meta,
    RelatedTask,
}

/// <summary>Which member names are read, and which only resemble them.</summary>
internal static class NameRules
{
    public const string RelatedTask = "io.modelcontextprotocol/related-task";

    public static readonly Level[] Levels = Enum.GetValues<Level>();

    /// <summary>Letters that some parsers take for one of ASCII when they ignore case, and for which one.</summary>
    public static readonly IReadOnlyDictionary<char, char> FoldedLetters = new Dictionary<char, char>
    {
        ['\u017F'] = 's', ['\u212A'] = 'k', ['\u0130'] = 'i', ['\u0131'] = 'i',
    };

    private static readonly string[][] Names =
    [
        ["jsonrpc", "id", "method", "params", "result", "error"],
        [
            "name", "arguments", "_meta", "progressToken", "requestId", "taskId", "task", "uri", "ref", "level", "cursor",
            "protocolVersion", "capabilities",
        ],
        ["progressToken", RelatedTask],
        ["taskId"],
    ];

    private static readonly HashSet<string>[] Folded = [.. Names.Select(names => names.Select(Fold).ToHashSet())];

    /// <summary>The names on the way from the message to the object.</summary>
    public static IReadOnlyList<string> Path(Level level) => new[] { "params", "_meta", RelatedTask }[..(int)level];

    public static IReadOnlyList<string> Read(Level level) => Names[(int)level];

    /// <summary>Whether the name is not one that is read, and yet some parser would take it for one.</summary>
    public static bool IsDisguised(Level level, string name) =>
        Folded[(int)level].Contains(Fold(name)) && !Names[(int)level].Contains(name);

    private static string Fold(string name) => string.Concat(name.Where(letter => letter != '\0').Select(Fold));

    private static char Fold(char letter) =>
        FoldedLetters.GetValueOrDefault(letter, char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter);
}
