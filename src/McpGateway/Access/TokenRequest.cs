namespace McpGateway.Access;

/// <summary>What a token for a trial is to say.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Audience">Whom it is for.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="Lifetime">From now on.</param>
internal sealed record TokenRequest(string Subject, string Audience, IReadOnlyList<string> Scopes, TimeSpan Lifetime);
