using System.Text.RegularExpressions;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// Masks secrets in a child's output before it reaches a log or a client: the values that its configuration declares, and
/// text with the form of a credential.
/// </summary>
internal sealed partial class SecretRedactor
{
    private const string Mask = "***";

    // Shorter values (a port, "true", "prod") would mask half of every line and protect nothing.
    private const int ShortestSecret = 6;

    private readonly string[] _secrets;

    public SecretRedactor(StdioTarget target, UserEnvironment? user = null) =>
        // Split into lines and without control characters, like the output in which they are searched. The longest first, because
        // one secret may begin with another.
        _secrets =
        [
            .. target.Environment.Values.Where(value => !UserText.HasPlaceholder(value))
                .Concat(target.Secrets).Concat(user?.Secrets ?? [])
                .SelectMany(secret => secret.Split('\r', '\n'))
                .Select(line => string.Concat(line.Where(character => !char.IsControl(character))).Trim())
                .Where(line => line.Length >= ShortestSecret).Distinct().OrderByDescending(line => line.Length),
        ];

    public string Redact(string line)
    {
        foreach (var secret in _secrets)
            line = line.Replace(secret, Mask, StringComparison.Ordinal);
        return LooksLikeCredential().Replace(line, "${what}" + Mask + "${after}");
    }

    // "Bearer x" and "password = x", then the password in a URL. Without backtracking, because a child may print anything.
    [GeneratedRegex(
        """(?<what>\b(?:bearer|basic)\s+""" +
        """|\b[\w-]*(?:password|passwd|secret|token|api[_-]?key|credential)[\w-]*["']?\s*[=:]\s*["']?)[^\s"'&,;@]{4,}""" +
        """|(?<what>://[^\s/:@]+:)[^\s/@]+(?<after>@)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex LooksLikeCredential();
}
