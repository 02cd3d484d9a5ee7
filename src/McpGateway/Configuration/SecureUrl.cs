using System.Net;

namespace McpGateway.Configuration;

/// <summary>URLs whose responses decide who gets access. They must be protected from tampering in transit.</summary>
internal static class SecureUrl
{
    /// <summary>Whether it is an absolute https URL, or an http URL of this machine.</summary>
    public static bool IsSecure(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Scheme == Uri.UriSchemeHttps || (parsed.Scheme == Uri.UriSchemeHttp && IsLoopback(parsed)));

    /// <summary>Whether the URL always means this machine.</summary>
    // Of names, only localhost itself: whoever controls the DNS of another name can change what it resolves to.
    public static bool IsLoopback(Uri url) => url.Host is "localhost"
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
