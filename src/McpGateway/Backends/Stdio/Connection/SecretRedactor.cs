using System.Text.RegularExpressions;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// Takes secrets out of what a child prints before it reaches a log or a client: the values that its configuration
/// declares, and what looks like a credential.
/// </summary>
internal sealed partial class SecretRedactor
{
    private const string Mask = "***";

    // Shorter values (a port, "true", "prod") would mask half of every line and protect nothing.
    private const int ShortestSecret = 6;

    private readonly string[] _secrets;

    public SecretRedactor(StdioTarget target, UserEnvironment? user = null) =>
        // Line by line and without control characters, as the output comes; the longest first, for one secret may be the
        // beginning of another.
        _secrets =
        [
            .. target.Environment.Values.Where(value => !UserText.HasPlaceholder(value)).Concat(target.Secrets).Concat(user?.Secrets ?? []).SelectMany(secret => secret.Split('\r', '\n'))
                .Select(line => string.Concat(line.Where(letter => !char.IsControl(letter))).Trim())
                .Where(line => line.Length >= ShortestSecret).Distinct().OrderByDescending(line => line.Length),
        ];

    public string Redact(string line)
    {
        foreach (var secret in _secrets)
            line = line.Replace(secret, Mask, StringComparison.Ordinal);
        return LooksLikeCredential().Replace(line, "${what}" + Mask + "${after}");
    }

    [GeneratedRegex(
        """(?<what>\b(?:bearer|basic)\s+|\b[\w-]*(?:password|passwd|secret|token|api[_-]?key|credential)[\w-]*["']?\s*[=:]\s*["']?)[^\s"'&,;@]{4,}|(?<what>://[^\s/:@]+:)[^\s/@]+(?<after>@)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex LooksLikeCredential();
}
