using McpGateway.Access.Keys;
using McpGateway.Configuration;

namespace McpGateway.Access.Authentication;

/// <summary>Who has access, according to one load of the settings. Immutable.</summary>
/// <param name="IsRequired">Whether callers must authenticate. Otherwise all are anonymous.</param>
/// <param name="Issuers">The trusted issuers, by their <c>iss</c>.</param>
/// <param name="ApiKeys">The API keys.</param>
/// <param name="ScopePrefix">The prefix that clients add to the names of scopes (<see cref="JwtOptions.ScopePrefix"/>).</param>
internal sealed record AccessModel(
    bool IsRequired, IReadOnlyDictionary<string, TokenIssuer> Issuers, ApiKeySet ApiKeys, string ScopePrefix)
{
    public TokenIssuer? Find(string issuer) => Issuers.GetValueOrDefault(issuer);
}
