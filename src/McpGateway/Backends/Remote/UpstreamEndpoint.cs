namespace McpGateway.Backends.Remote;

/// <summary>
/// The URL to which an HTTP+SSE server wants messages posted. The server may name any URL, but only its own origin is called.
/// Otherwise it could make the gateway send the credentials of gateway.json to any host, even in the gateway's own network.
/// </summary>
internal static class UpstreamEndpoint
{
    /// <returns>Path and query; null for another origin, or an invalid URL.</returns>
    public static string? Resolve(Uri stream, string endpoint) =>
        Uri.TryCreate(stream, endpoint, out var url)
        && url.Scheme == stream.Scheme && url.Host == stream.Host && url.Port == stream.Port
        && url.UserInfo.Length == 0 && url.PathAndQuery.Length <= SessionSeal.LongestId ? url.PathAndQuery : null;

    /// <summary>The URL for such a path at an address.</summary>
    public static Uri At(Uri address, string pathAndQuery) =>
        // Not resolved against the address: a path may begin with two slashes, which would make its first part a host.
        new(address.GetLeftPart(UriPartial.Authority) + pathAndQuery);
}
