using System.Text.RegularExpressions;

namespace McpGateway.Configuration;

/// <summary>
/// Names of replicas. They are DNS labels: they become part of a host name, and part of session ids, where a dot ends them.
/// </summary>
internal static partial class ReplicaName
{
    internal const string Advice = "write letters, digits and hyphens, at most 63, such as gw-0";

    /// <summary>Whether the name has the right form, whether or not there is such a replica.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> name) => Label().IsMatch(name);

    /// <summary>The pattern as an expression that matches whole names only.</summary>
    /// <exception cref="ArgumentException">The pattern is not a regular expression.</exception>
    /// <exception cref="NotSupportedException">
    /// The pattern needs backtracking. A forged session id could then use up the processor.
    /// </exception>
    // In a group, or in a pattern such as a|b each anchor would apply to one alternative only. \z, because $ also matches
    // before a trailing newline.
    public static Regex Compile(string pattern) =>
        new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    // RFC 1123, section 2.1: at most 63 letters, digits and hyphens, and no hyphen at either end.
    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
