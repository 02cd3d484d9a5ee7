using System.Text.RegularExpressions;

namespace McpGateway.Configuration;

/// <summary>Names of replicas: labels of host names, since they become part of one, and part of session ids before a dot.</summary>
internal static partial class ReplicaName
{
    internal const string Advice = "write letters, digits and hyphens, at most 63, such as gw-0";

    /// <summary>Whether it can be one at all, whatever replicas there are.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> name) => Label().IsMatch(name);

    /// <summary>The expression that matches the names of a pattern, and nothing that only contains one.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking, which would let a forged id take the processor.</exception>
    public static Regex Compile(string pattern) =>
        new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
