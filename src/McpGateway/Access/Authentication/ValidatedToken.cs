using System.Security.Claims;
using McpGateway.Access.Keys;

namespace McpGateway.Access.Authentication;

/// <summary>What a token's validation came to, and what it rests on.</summary>
/// <param name="Caller">Whose token it is. Shared by requests: nobody may change it.</param>
/// <param name="Issuer">Of the settings that it was validated by.</param>
/// <param name="Keys">The keys that were in force.</param>
/// <param name="KeyId">The key that it names.</param>
/// <param name="Expires">Its <c>exp</c>.</param>
internal sealed record ValidatedToken(
    ClaimsPrincipal Caller, TokenIssuer Issuer, KeySet Keys, string? KeyId, DateTimeOffset Expires);
