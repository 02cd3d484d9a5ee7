using McpGateway.Configuration;

namespace McpGateway.Access;

/// <summary>Refuses to start with rules that nobody could meet: it would look as if the server were broken.</summary>
public static class RulesCheck
{
    /// <returns>What to change; empty when it may start.</returns>
    public static IEnumerable<string> Check(GatewayConfig config, AccessOptions access) =>
        access.HasCredentials ? [] : config.Servers.Values.SelectMany(KeysWithScopes).Select(key =>
            $"{key}: asks for scopes, and no authentication is configured that could grant them. Set "
            + "Access:Jwt:Issuers or Access:ApiKeys, or take it out.");

    private static IEnumerable<string> KeysWithScopes(ServerConfig server)
    {
        if (server.Auth.Scopes.Count > 0)
            yield return $"$.mcpServers.{server.Name}.auth";
        if (server.Tools is { Scopes.Count: > 0 })
            yield return $"$.mcpServers.{server.Name}.tools.scopes";
    }
}
