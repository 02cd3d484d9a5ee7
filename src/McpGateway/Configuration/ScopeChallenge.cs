namespace McpGateway.Configuration;

/// <summary>
/// How to ask a caller for more scopes over HTTP. The rules for messages know which scopes are missing, and access control knows
/// where to get them. This request feature connects the two.
/// </summary>
/// <param name="HeaderFor">
/// Returns the value of WWW-Authenticate that asks for these scopes, in addition to those that the server always requires.
/// </param>
internal sealed record ScopeChallenge(Func<IReadOnlyList<string>, string> HeaderFor);
