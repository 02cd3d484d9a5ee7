using System.Net;

namespace McpGateway.Configuration;

/// <summary>URLs whose answers decide who is let in: only what cannot be tampered with on the way.</summary>
internal static class SecureUrl
{
    /// <summary>Whether it is absolute and https, or http to this machine.</summary>
    public static bool IsSecure(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Scheme == Uri.UriSchemeHttps || (parsed.Scheme == Uri.UriSchemeHttp && IsLoopback(parsed)));

    /// <summary>Whether only this machine can be meant.</summary>
    public static bool IsLoopback(Uri url) => url.Host is "localhost"
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
