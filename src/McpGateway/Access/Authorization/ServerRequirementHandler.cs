using System.Security.Claims;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using Microsoft.AspNetCore.Authorization;

namespace McpGateway.Access.Authorization;

/// <summary>Reads the rules with each request, so that a reload holds at once and in living sessions.</summary>
internal sealed class ServerRequirementHandler(AccessState state, ServerRules rules, Challenge challenge)
    : AuthorizationHandler<ServerRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ServerRequirement requirement)
    {
        // A server without rules is one that has just been taken out, or an endpoint that nobody has thought of: closed.
        if (context.Resource is HttpContext http && rules.Of(http) is { } server
            && (context.User.Identity is { IsAuthenticated: true } || !state.Current.IsRequired)
            && HasScopes(context.User, server.Auth) && HasClaims(context.User, server.Auth))
        {
            context.Succeed(requirement);
            if (server.Tools is { Scopes.Count: > 0 }) // which of them a message needs is only known when it has been read
                http.Features.Set(new ScopeChallenge(scopes => challenge.InsufficientScope(http, scopes)));
        }

        return Task.CompletedTask;
    }

    /// <summary>Whether a caller has been granted what the server asks for; if not, another token may do.</summary>
    public static bool HasScopes(ClaimsPrincipal caller, ServerAuthConfig auth) =>
        auth.Scopes.All(scope => caller.HasClaim(CallerClaims.Scope, scope));

    private static bool HasClaims(ClaimsPrincipal caller, ServerAuthConfig auth) =>
        auth.Claims.All(claim => caller.FindAll(claim.Key).Any(held => claim.Value.Contains(held.Value)));
}
