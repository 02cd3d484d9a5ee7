using McpGateway.Configuration;

namespace McpGateway.Access;

/// <summary>Refuses to start with rules that no caller could satisfy. Such a server would only seem to be broken.</summary>
internal static class RulesCheck
{
    private const string HowToAuthenticate = "Set Access:Jwt:Issuers or Access:ApiKeys, or remove it.";

    /// <returns>What to change; empty when the gateway may start.</returns>
    public static IEnumerable<string> Check(GatewayConfig config, AccessOptions access) =>
        config.Servers.Values.SelectMany(server => AuthenticationErrors(server, access).Concat(UserValueErrors(server, access)));

    private static IEnumerable<string> AuthenticationErrors(ServerConfig server, AccessOptions access)
    {
        if (access.HasCredentials)
            yield break;
        foreach (var key in KeysWithScopes(server))
            yield return $"{key}: requires scopes or claims, but no authentication is configured. {HowToAuthenticate}";
        if (server.Origins.Contains(Origin.Any))
        {
            yield return $"$.mcpServers.{server.Name}.cors: * is allowed only when callers must authenticate. List the origins, "
                + "or set Access:Jwt:Issuers or Access:ApiKeys.";
        }
    }

    private static IEnumerable<string> KeysWithScopes(ServerConfig server)
    {
        if (server.Auth.Scopes.Count > 0 || server.Auth.Claims.Count > 0)
            yield return $"$.mcpServers.{server.Name}.auth";
        if (server.Tools is { Scopes.Count: > 0 })
            yield return $"$.mcpServers.{server.Name}.tools.scopes";
    }

    private static IEnumerable<string> UserValueErrors(ServerConfig server, AccessOptions access)
    {
        var (key, values) = server.Target is RemoteTarget remote
            ? ("headers", remote.Headers)
            : ("env", ((StdioTarget)server.Target).Environment);
        foreach (var (name, value) in values)
        {
            foreach (var (source, wanted) in UserText.PlaceholdersIn(value))
            {
                var path = $"$.mcpServers.{server.Name}.{key}.{name}";
                if (source is UserValueSource.Header && !access.IsUserHeader(wanted))
                {
                    yield return $"{path}: the header {wanted} may not be passed on. Add it to Access:UserHeaders, "
                        + "or remove it here.";
                }

                if (source is UserValueSource.Claim && !access.HasCredentials)
                    yield return $"{path}: callers without authentication have no claim {wanted}. {HowToAuthenticate}";
            }
        }
    }
}
