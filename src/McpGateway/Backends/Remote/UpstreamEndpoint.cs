namespace McpGateway.Backends.Remote;

/// <summary>Where a server of HTTP+SSE wants its messages. It may say any URL; only its own origin is ever called.</summary>
internal static class UpstreamEndpoint
{
    /// <returns>Path and query; null for another origin, and for what is no URL.</returns>
    public static string? Resolve(Uri stream, string endpoint) =>
        Uri.TryCreate(stream, endpoint, out var url)
        && url.Scheme == stream.Scheme && url.Host == stream.Host && url.Port == stream.Port
        && url.UserInfo.Length == 0 && url.PathAndQuery.Length <= SessionSeal.LongestId ? url.PathAndQuery : null;

    /// <summary>The URL for such a path at an address.</summary>
    public static Uri At(Uri address, string pathAndQuery) =>
        // Not resolved against the address: a path may begin with two slashes, which would make its first part a host.
        new(address.GetLeftPart(UriPartial.Authority) + pathAndQuery);
}
