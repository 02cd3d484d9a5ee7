using McpGateway.Access.Authentication;
using McpGateway.Http;
using McpGateway.JsonRpc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace McpGateway.Access.Authorization;

/// <summary>Answers those who are not let in, in the words of HTTP (<see cref="Challenge"/>) and of JSON-RPC.</summary>
internal sealed class RefusalWriter(Challenge challenge, ServerRules rules, FailedAuthentications failures)
    : IAuthorizationMiddlewareResultHandler
{
    // An issuer whose keys cannot be had is asked again no sooner.
    private static readonly TimeSpan IssuerRetry = TimeSpan.FromSeconds(10);

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Succeeded ? next(context) : RefuseAsync(context, authorizeResult.Forbidden);

    private async Task RefuseAsync(HttpContext context, bool isKnown)
    {
        if (isKnown)
        {
            await ForbidAsync(context);
            return;
        }

        // Not done a second time: the handlers remember what they found.
        var refusal = (await context.AuthenticateAsync()).Failure as CredentialRefusedException;
        if (refusal is { Status: StatusCodes.Status503ServiceUnavailable })
        {
            await JsonRpcErrorWriter.WriteAsync(
                context, refusal.Status, new(JsonRpcErrorCode.Overloaded, refusal.Message), IssuerRetry);
            return;
        }

        // A request without a credential is how a client begins, and tries nothing.
        if (refusal is not null && failures.Add(context) is { } wait)
        {
            await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status429TooManyRequests, new(JsonRpcErrorCode.Overloaded,
                "Too many credentials from this address were refused. Retry-After says when to try again."), wait);
            return;
        }

        context.Response.Headers.WWWAuthenticate = challenge.Unauthorized(context, refusal);
        await JsonRpcErrorWriter.WriteAsync(context, refusal?.Status ?? StatusCodes.Status401Unauthorized,
            new(JsonRpcErrorCode.Unauthorized, refusal?.Message ?? "Authentication is required: a bearer token or an API key."));
    }

    // Who has all scopes lacks a claim: no challenge, or clients would ask for the same token again and again.
    private Task ForbidAsync(HttpContext context)
    {
        var isAllGranted = rules.Of(context) is { } server && ServerRequirementHandler.HasScopes(context.User, server.Auth);
        if (!isAllGranted)
            context.Response.Headers.WWWAuthenticate = challenge.InsufficientScope(context);
        var message = isAllGranted
            ? "This server is not for this caller."
            : "The token or key does not have all scopes that this server needs; WWW-Authenticate names them.";
        return JsonRpcErrorWriter.WriteAsync(
            context, StatusCodes.Status403Forbidden, new(JsonRpcErrorCode.Unauthorized, message));
    }
}
