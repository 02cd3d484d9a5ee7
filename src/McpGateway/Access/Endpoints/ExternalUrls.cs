using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Endpoints;

/// <summary>The gateway's URLs as clients see them.</summary>
internal sealed class ExternalUrls(IOptions<AccessOptions> options, GatewayConfigProvider config)
{
    private static readonly string[] Transports = ["mcp", "sse", "message"];

    // Normalized by Uri (lower-case scheme and host, no default port), so that URLs can be compared as text.
    private readonly string? _public = options.Value.PublicUrl is { } url ? new Uri(url).AbsoluteUri.TrimEnd('/') : null;

    /// <summary>The part before the paths, without a trailing slash.</summary>
    /// <param name="request">The request. Its Host has been checked.</param>
    public string Base(HttpRequest request) => _public ?? $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>
    /// Whether this is the URL of an endpoint of the server. Always false without Access:PublicUrl: the gateway then knows its
    /// own URL only from the Host header, which the client chooses.
    /// </summary>
    public bool IsOf(string server, string url)
    {
        if (_public is null || !url.StartsWith(_public, StringComparison.Ordinal))
            return false;
        var path = url[_public.Length..];
        return Find(path.EndsWith('/') ? path[..^1] : path) == server;
    }

    /// <summary>The server with an endpoint at this path below the base. The empty path belongs to the default server.</summary>
    /// <returns>Null when there is none.</returns>
    public string? Find(string path)
    {
        var current = config.Current;
        return path.Split('/') switch
        {
            [""] => current.Default,
            ["", var transport] when Transports.Contains(transport) => current.Default,
            ["", var server, var transport] when Transports.Contains(transport) && current.Servers.ContainsKey(server) => server,
            _ => null,
        };
    }
}
