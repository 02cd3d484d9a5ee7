using McpGateway.Access.Keys;
using McpGateway.Configuration;

namespace McpGateway.Access.Authentication;

/// <summary>Who is let in, as one reading of the settings has it. Immutable.</summary>
/// <param name="IsRequired">Whether callers must authenticate; else all are anonymous.</param>
/// <param name="Issuers">Whose tokens are taken, by their <c>iss</c>.</param>
/// <param name="ApiKeys">The keys beside them.</param>
/// <param name="ScopePrefix">What clients must write before a scope's name (<see cref="JwtOptions.ScopePrefix"/>).</param>
internal sealed record AccessModel(
    bool IsRequired, IReadOnlyDictionary<string, TokenIssuer> Issuers, ApiKeySet ApiKeys, string ScopePrefix)
{
    public TokenIssuer? Find(string issuer) => Issuers.GetValueOrDefault(issuer);
}
