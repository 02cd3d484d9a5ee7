namespace McpGateway.Access;

/// <summary>The contents of a token for development.</summary>
/// <param name="Subject">The user that the token is for.</param>
/// <param name="Audience">The server or gateway that it is for.</param>
/// <param name="Scopes">The scopes that it grants.</param>
/// <param name="Lifetime">How long it is valid.</param>
internal sealed record TokenRequest(string Subject, string Audience, IReadOnlyList<string> Scopes, TimeSpan Lifetime);
