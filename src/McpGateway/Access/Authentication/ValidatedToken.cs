using System.Security.Claims;
using McpGateway.Access.Keys;

namespace McpGateway.Access.Authentication;

/// <summary>The result of validating a token, and what that result depends on.</summary>
/// <param name="Caller">The caller. Several requests share it, so it must not be modified.</param>
/// <param name="Issuer">The issuer, from the settings that were in force.</param>
/// <param name="Keys">The issuer's keys that were in force.</param>
/// <param name="KeyId">The id of the key that it is signed with.</param>
/// <param name="Expires">Its <c>exp</c>.</param>
internal sealed record ValidatedToken(
    ClaimsPrincipal Caller, TokenIssuer Issuer, KeySet Keys, string? KeyId, DateTimeOffset Expires);
