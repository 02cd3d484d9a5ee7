using McpGateway.Configuration;

namespace McpGateway.Access;

/// <summary>Refuses to start with rules that nobody could meet: it would look as if the server were broken.</summary>
public static class RulesCheck
{
    /// <returns>What to change; empty when it may start.</returns>
    public static IEnumerable<string> Check(GatewayConfig config, AccessOptions access) =>
        access.HasCredentials ? [] : config.Servers.Values.SelectMany(Check);

    private static IEnumerable<string> Check(ServerConfig server)
    {
        if (server.Auth.Scopes.Count > 0)
        {
            yield return $"$.mcpServers.{server.Name}.auth: asks for scopes, and no authentication is configured that could grant them. Set "
                + "Access:Jwt:Issuers or Access:ApiKeys, or take it out.";
        }

        if (server.Origins.Contains(Origin.Any))
        {
            yield return $"$.mcpServers.{server.Name}.cors: * is for servers whose callers must authenticate. Name the origins, or set "
                + "Access:Jwt:Issuers or Access:ApiKeys.";
        }
    }
}
