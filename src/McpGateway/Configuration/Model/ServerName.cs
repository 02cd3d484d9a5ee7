using System.Text.RegularExpressions;

namespace McpGateway.Configuration.Model;

/// <summary>The rules for server names: a name is the first segment of URLs, next to the gateway's own paths.</summary>
internal static partial class ServerName
{
    /// <summary>The form as a pattern for the JSON schema.</summary>
    public const string Pattern = "^" + Form + "$";

    private const string Form = "[a-z0-9][a-z0-9_-]{0,62}";

    private const int MaximumLength = 63;

    // Paths that the gateway serves, and some that later versions may need.
    public static IReadOnlyList<string> Reserved { get; } =
        ["sse", "message", "messages", "mcp", "health", "metrics", "admin", "dashboard", "api", "well-known"];

    public static bool IsReserved(string name) => Reserved.Contains(name);

    public static bool IsValid(string name) => Whole.IsMatch(name) && !IsReserved(name);

    /// <summary>A valid name that resembles this one and is not taken.</summary>
    public static string Propose(string name, IReadOnlyCollection<string> taken)
    {
        var stem = OtherCharacters.Replace(name.ToLowerInvariant(), "-").Trim('-', '_');
        if (stem.Length == 0)
            stem = "server";
        if (IsReserved(stem))
            stem += "-server";
        // One number more than there are names, so at least one proposal is free.
        return Enumerable.Range(1, taken.Count + 1)
            .Select(number => number == 1 ? Shorten(stem, "") : Shorten(stem, $"-{number}"))
            .First(proposal => !taken.Contains(proposal));
    }

    private static string Shorten(string stem, string suffix) =>
        stem[..Math.Min(stem.Length, MaximumLength - suffix.Length)] + suffix;

    // \z, because $ also matches before a trailing newline.
    [GeneratedRegex(@"\A" + Form + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole { get; }

    [GeneratedRegex("[^a-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex OtherCharacters { get; }
}
