namespace McpGateway.Configuration;

/// <summary>
/// An origin (RFC 6454) in the settings. Browsers send origins in one canonical form, so they are compared as text.
/// </summary>
internal static class Origin
{
    /// <summary>All origins.</summary>
    public const string Any = "*";

    /// <summary>How to write one; part of error messages.</summary>
    public const string Advice =
        "write it as browsers send it: scheme and host in lower case, no default port, no path, such as https://app.example.com";

    /// <summary>Whether a browser could send it, or it is <see cref="Any"/>.</summary>
    public static bool IsValid(string origin) => origin == Any
        || (Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0
            && url.GetLeftPart(UriPartial.Authority) == origin);
}
