using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Endpoints;

/// <summary>The gateway's URLs as clients see them.</summary>
internal sealed class ExternalUrls(IOptions<AccessOptions> options, GatewayConfigProvider config)
{
    private static readonly string[] Transports = ["mcp", "sse", "message"];

    // In the form that Uri gives it: scheme and host in lower case, no default port.
    private readonly string? _public = options.Value.PublicUrl is { } url ? new Uri(url).AbsoluteUri.TrimEnd('/') : null;

    /// <summary>What stands before the paths, without a slash at its end.</summary>
    /// <param name="request">Its Host is an allowed one.</param>
    public string Base(HttpRequest request) => _public ?? $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>
    /// Whether this is the URL of one of a server's endpoints. Only with Access:PublicUrl can that be said: without it the
    /// gateway's own URL is whatever the request says.
    /// </summary>
    public bool IsOf(string server, string url)
    {
        if (_public is null || !url.StartsWith(_public, StringComparison.Ordinal))
            return false;
        var path = url[_public.Length..];
        return Find(path.EndsWith('/') ? path[..^1] : path) == server;
    }

    /// <summary>The server with an endpoint at this path below the base; the empty path is the default's.</summary>
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
