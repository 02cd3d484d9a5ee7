using McpGateway.Configuration;

namespace McpGateway.Access;

/// <summary>Refuses to start with rules that nobody could meet: the server would seem to be broken.</summary>
public static class RulesCheck
{
    private const string HowToAuthenticate = "Set Access:Jwt:Issuers or Access:ApiKeys, or take it out.";

    /// <returns>What to change; empty when it may start.</returns>
    public static IEnumerable<string> Check(GatewayConfig config, AccessOptions access) =>
        config.Servers.Values.SelectMany(server => (access.HasCredentials ? [] : KeysWithScopes(server).Select(key =>
            $"{key}: asks for scopes or claims, and no authentication is configured that could grant them. {HowToAuthenticate}"))
        .Concat(UserValueErrors(server, access))
        .Concat(access.HasCredentials || !server.Origins.Contains(Origin.Any) ? [] : [
            $"$.mcpServers.{server.Name}.cors: * is for servers whose callers must authenticate. Name the origins, or set "
            + "Access:Jwt:Issuers or Access:ApiKeys."]));

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
                    yield return $"{path}: the header {wanted} is not one that servers may get. List it in Access:UserHeaders.";
                if (source is UserValueSource.Claim && !access.HasCredentials)
                    yield return $"{path}: without authentication nobody has a claim {wanted}. {HowToAuthenticate}";
            }
        }
    }
}
