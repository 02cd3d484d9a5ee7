namespace McpGateway.Configuration;

/// <summary>An origin (RFC 6454) as the settings write it. Browsers send it in one form only, and it is compared as text.</summary>
internal static class Origin
{
    /// <summary>All origins.</summary>
    public const string Any = "*";

    /// <summary>What to write instead of one that is not valid.</summary>
    public const string Advice =
        "write scheme and host in lower case and a port that is not the default, such as https://app.example.com";

    /// <summary>Whether it is one that a browser could send, or <see cref="Any"/>.</summary>
    public static bool IsValid(string origin) => origin == Any
        || (Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0
            && url.GetLeftPart(UriPartial.Authority) == origin);
}
