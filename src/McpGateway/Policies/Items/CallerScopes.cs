using System.Security.Claims;

namespace McpGateway.Policies.Items;

/// <summary>
/// What the sender of a message has been granted. It comes with each message and not with the session: the next token of the
/// same user may grant more, or less.
/// </summary>
/// <param name="caller">Has a claim <c>scope</c> for each; null: nobody, who has none.</param>
internal readonly struct CallerScopes(ClaimsPrincipal? caller)
{
    private const string Claim = "scope";

    public bool Include(string scope) => caller?.HasClaim(Claim, scope) is true; // HasClaim compares the value exactly
}
