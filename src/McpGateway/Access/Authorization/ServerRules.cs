using McpGateway.Access.Endpoints;
using McpGateway.Configuration;

namespace McpGateway.Access.Authorization;

/// <summary>Finds the rules of the server that a request is for.</summary>
internal sealed class ServerRules(GatewayConfigProvider config)
{
    public ServerConfig? Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GuardedServer>() is { } guarded
        && config.Current.Servers.TryGetValue(guarded.Name, out var server) ? server : null;
}
