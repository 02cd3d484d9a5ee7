namespace McpGateway.Configuration;

/// <summary>
/// How to ask for more scopes over HTTP. Who answers a message knows which it needs, and who lets callers in knows where to
/// get them; this brings the two together as a feature of the request.
/// </summary>
/// <param name="HeaderFor">The value of WWW-Authenticate that asks for these scopes, beside those that the server needs anyway.</param>
internal sealed record ScopeChallenge(Func<IReadOnlyList<string>, string> HeaderFor);
