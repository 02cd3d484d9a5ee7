using System.Security.Claims;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using Microsoft.AspNetCore.Authorization;

namespace McpGateway.Access.Authorization;

/// <summary>Reads the current rules for every request, so that a reload applies at once, also to open sessions.</summary>
internal sealed class ServerRequirementHandler(AccessMonitor state, ServerRules rules, Challenge challenge)
    : AuthorizationHandler<ServerRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ServerRequirement requirement)
    {
        // Without rules, the server was just removed from gateway.json, or the endpoint lacks its metadata. Deny in both cases.
        if (context.Resource is HttpContext http && rules.Of(http) is { } server
            && (context.User.Identity is { IsAuthenticated: true } || !state.Current.IsRequired)
            && HasScopes(context.User, server.Auth) && HasClaims(context.User, server.Auth))
        {
            context.Succeed(requirement);
            // The scopes that a tool needs are known only after the message was read.
            if (server.Tools is { Scopes.Count: > 0 })
                http.Features.Set(new ScopeChallenge(scopes => challenge.InsufficientScope(http, scopes)));
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Whether the caller has the scopes that the server requires. If not, a token with more scopes would help.
    /// </summary>
    public static bool HasScopes(ClaimsPrincipal caller, ServerAuthConfig auth) =>
        auth.Scopes.All(scope => caller.HasClaim(CallerClaims.Scope, scope));

    private static bool HasClaims(ClaimsPrincipal caller, ServerAuthConfig auth) =>
        auth.Claims.All(claim => caller.FindAll(claim.Key).Any(held => claim.Value.Contains(held.Value)));
}
