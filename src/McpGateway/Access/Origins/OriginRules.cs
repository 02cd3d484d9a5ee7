using McpGateway.Access.Authentication;
using McpGateway.Access.Endpoints;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Origins;

/// <summary>
/// Which origins may call: those of the allowed hosts, of the gateway, and of the server that is called. The request guard and
/// CORS use the same rules, so a page that may call can also read the response.
/// </summary>
internal sealed class OriginRules(IOptions<AccessOptions> options, AccessMonitor state, GatewayConfigProvider config)
{
    /// <param name="origin">The Origin header.</param>
    /// <param name="context">The request. The origins of its server count only after routing.</param>
    public bool Allow(string origin, HttpContext context)
    {
        var access = options.Value;
        return IsListed(origin, access.Cors.Origins)
            || (context.GetEndpoint()?.Metadata.GetMetadata<GuardedServer>() is { } server
                && config.Current.Servers.TryGetValue(server.Name, out var rules) && IsListed(origin, rules.Origins))
            || IsOfAllowedHost(origin, access.AllowedHosts);
    }

    // Without authentication, * would let any web page that is opened in a browser on this machine use the servers.
    private bool IsListed(string origin, IReadOnlyList<string> listed) =>
        listed.Contains(origin, StringComparer.OrdinalIgnoreCase) || (listed.Contains(Origin.Any) && state.Current.IsRequired);

    private static bool IsOfAllowedHost(string origin, IReadOnlyList<string> hosts) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
        && hosts.Contains(page.Host, StringComparer.OrdinalIgnoreCase);
}
