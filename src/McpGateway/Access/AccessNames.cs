namespace McpGateway.Access;

/// <summary>Names with which other parts of the gateway refer to access control.</summary>
public static class AccessNames
{
    /// <summary>
    /// The authorization policy and the CORS policy of every server endpoint. What they require is in gateway.json.
    /// </summary>
    public const string ServerPolicy = "server";

    /// <summary>The issuer of callers that authenticate with an API key.</summary>
    public const string ApiKeyIssuer = "apikey";
}

/// <summary>Endpoint metadata: the server whose rules apply to the endpoint.</summary>
/// <param name="Name">The server's name in gateway.json.</param>
public sealed record GuardedServer(string Name);
