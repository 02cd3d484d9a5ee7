namespace McpGateway.Access.Endpoints;

/// <summary>Endpoint metadata: the server whose rules apply to the endpoint.</summary>
/// <param name="Name">The server's name in gateway.json.</param>
internal sealed record GuardedServer(string Name)
{
    /// <summary>
    /// The name of the authorization policy and the CORS policy of these endpoints. What they require is in gateway.json.
    /// </summary>
    public const string Policy = "server";
}
