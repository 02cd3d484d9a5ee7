namespace McpGateway.Policies.Items;

/// <summary>
/// Resources' URIs as rules must see them. A server may read <c>%73ecret</c> as <c>secret</c>, and <c>public/../secret</c>
/// too: what can be read in two ways has to pass in both, and what steps out of its folder passes in none.
/// </summary>
internal static class ResourceUri
{
    // Nobody encodes a URI more often. Without a limit, a long chain of %2525… would cost quadratic time.
    private const int MaximumDecodings = 4;

    /// <returns>The URI as it is written and as it may be read; null for one that nobody needs.</returns>
    public static IReadOnlyList<string>? Readings(string uri)
    {
        var readings = new List<string> { uri };
        for (var next = Uri.UnescapeDataString(uri); next != readings[^1]; next = Uri.UnescapeDataString(next))
        {
            if (readings.Count > MaximumDecodings)
                return null;
            readings.Add(next);
        }

        // Only the last one: each step of decoding can add dots and slashes, and takes none away.
        return StepsOut(readings[^1]) ? null : readings;
    }

    /// <summary>
    /// Readings, and what they are for a server that takes several slashes for one, as every file system does: for what is
    /// forbidden. What is allowed stays as it is written, for a URI may have another one in it.
    /// </summary>
    public static IEnumerable<string> WithSlashesMerged(IReadOnlyList<string> readings) =>
        readings.Concat(readings.Select(Merged));

    /// <summary>Whether a URI can be one of a template's (RFC 6570), each of its expressions standing for any text.</summary>
    public static bool IsOf(string template, string uri)
    {
        var pattern = new System.Text.StringBuilder();
        var position = 0;
        for (int open; (open = template.IndexOf('{', position)) >= 0;)
        {
            var close = template.IndexOf('}', open);
            if (close < 0)
                return false; // no template
            pattern.Append(template, position, open - position).Append('*');
            position = close + 1;
        }

        pattern.Append(template, position, template.Length - position);
        // A template without an expression is no template: it would be a resource, and is listed as one.
        return position > 0 && Wildcard.Matches(pattern.ToString(), uri, ignoreCase: false);
    }

    private static string Merged(string uri)
    {
        // The slashes after the scheme belong to the syntax (RFC 3986, section 3).
        var afterScheme = uri.IndexOf("://", StringComparison.Ordinal) is >= 0 and var colon ? colon + "://".Length : 0;
        var path = uri[afterScheme..];
        while (path.Contains("//", StringComparison.Ordinal))
            path = path.Replace("//", "/", StringComparison.Ordinal);
        return uri[..afterScheme] + path;
    }

    private static bool StepsOut(string uri) =>
        // A backslash separates folders on Windows; a control character may end the text for a program in C.
        uri.Any(char.IsControl) || uri.Contains('\\') || uri.Split('/', '?', '#').Any(segment => segment is "." or "..");
}
