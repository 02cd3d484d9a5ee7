using McpGateway.Access.Authentication;
using McpGateway.Access.Endpoints;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Origins;

/// <summary>
/// Whose pages may call: those of the allowed hosts, the gateway's origins and those of the server that is called. One
/// answer for the guard and for CORS: what may call may also read the answer.
/// </summary>
internal sealed class OriginRules(IOptions<AccessOptions> options, AccessState state, GatewayConfigProvider config)
{
    /// <param name="origin">The header Origin.</param>
    /// <param name="context">The request; its server's origins count once it is routed.</param>
    public bool Allow(string origin, HttpContext context)
    {
        var access = options.Value;
        return IsListed(origin, access.Cors.Origins)
            || (context.GetEndpoint()?.Metadata.GetMetadata<GuardedServer>() is { } server
                && config.Current.Servers.TryGetValue(server.Name, out var rules) && IsListed(origin, rules.Origins))
            || IsOfAllowedHost(origin, access.AllowedHosts);
    }

    // Where nobody must authenticate, * would let every page in a browser on this machine use the servers.
    private bool IsListed(string origin, IReadOnlyList<string> listed) =>
        listed.Contains(origin, StringComparer.OrdinalIgnoreCase) || (listed.Contains(Origin.Any) && state.Current.IsRequired);

    private static bool IsOfAllowedHost(string origin, IReadOnlyList<string> hosts) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
        && hosts.Contains(page.Host, StringComparer.OrdinalIgnoreCase);
}
