namespace McpGateway.Access;

/// <summary>What other folders name when they ask for access to be checked.</summary>
public static class AccessNames
{
    /// <summary>The authorization and the CORS policy of every endpoint of a server; what they demand is in gateway.json.</summary>
    public const string ServerPolicy = "server";

    /// <summary>The issuer of those who come with an API key.</summary>
    public const string ApiKeyIssuer = "apikey";
}

/// <summary>Hangs on each endpoint of a server: whose rules hold there.</summary>
/// <param name="Name">The server's name in gateway.json.</param>
public sealed record GuardedServer(string Name);
