namespace McpGateway.Access.Endpoints;

/// <summary>Metadata of each endpoint of a server: whose rules apply there.</summary>
/// <param name="Name">The server's name in gateway.json.</param>
internal sealed record GuardedServer(string Name)
{
    /// <summary>
    /// The name of the authorization policy and of the CORS policy of such an endpoint; gateway.json says what they demand.
    /// </summary>
    public const string Policy = "server";
}
