namespace McpGateway.Sessions;

/// <summary>
/// Whose a session is. Not a token: tokens are refreshed while the session goes on (MCP security best practices,
/// "Session hijacking").
/// </summary>
/// <param name="Issuer">Who vouches for the subject; <c>anonymous</c> where nobody does.</param>
/// <param name="Subject">The user in the issuer's terms.</param>
internal readonly record struct SessionOwner(string Issuer, string Subject)
{
    public static SessionOwner Anonymous { get; } = new("anonymous", string.Empty);
}
