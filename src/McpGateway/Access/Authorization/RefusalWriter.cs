using McpGateway.Access.Authentication;
using McpGateway.Http;
using McpGateway.JsonRpc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace McpGateway.Access.Authorization;

/// <summary>Responds to refused callers, both in HTTP (<see cref="Challenge"/>) and in JSON-RPC.</summary>
internal sealed class RefusalWriter(Challenge challenge, ServerRules rules, FailedAuthentications failures)
    : IAuthorizationMiddlewareResultHandler
{
    // A guess: nobody knows how long the issuer is away. The next fetch may come only after Access:Jwt:KeyFetchInterval.
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

        // This does not authenticate again: the handlers keep the result of the first time.
        var refusal = (await context.AuthenticateAsync()).Failure as CredentialRefusedException;
        // The token may be valid. So it is not counted as refused, and there is no 401, after which clients would discard it.
        if (refusal is { Status: StatusCodes.Status503ServiceUnavailable })
        {
            await JsonRpcErrorWriter.WriteAsync(
                context, refusal.Status, new(JsonRpcErrorCode.Overloaded, refusal.Message), IssuerRetry);
            return;
        }

        // A request without a credential is not counted: every client starts with one, to find out the issuer.
        if (refusal is not null && failures.Add(context) is { } wait)
        {
            await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status429TooManyRequests, new(JsonRpcErrorCode.Overloaded,
                "Too many credentials from this address were refused. Wait as long as Retry-After says."), wait);
            return;
        }

        context.Response.Headers.WWWAuthenticate = challenge.Unauthorized(context, refusal);
        await JsonRpcErrorWriter.WriteAsync(context, refusal?.Status ?? StatusCodes.Status401Unauthorized,
            new(JsonRpcErrorCode.Unauthorized, refusal?.Message ?? "Authentication is required: a bearer token or an API key."));
    }

    // A caller with all scopes lacks a claim. It gets no challenge, or its client would request the same token over and over.
    private Task ForbidAsync(HttpContext context)
    {
        var isAllGranted = rules.Of(context) is { } server && ServerRequirementHandler.HasScopes(context.User, server.Auth);
        if (!isAllGranted)
            context.Response.Headers.WWWAuthenticate = challenge.InsufficientScope(context);
        var message = isAllGranted
            ? "This caller may not use this server."
            : "The token or key lacks scopes that this server requires. WWW-Authenticate lists them.";
        return JsonRpcErrorWriter.WriteAsync(
            context, StatusCodes.Status403Forbidden, new(JsonRpcErrorCode.Unauthorized, message));
    }
}
