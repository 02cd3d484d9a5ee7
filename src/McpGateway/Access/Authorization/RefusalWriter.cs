using McpGateway.Access.Authentication;
using McpGateway.JsonRpc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace McpGateway.Access.Authorization;

/// <summary>Answers those who are not let in, in the words of HTTP (<see cref="Challenge"/>) and of JSON-RPC.</summary>
internal sealed class RefusalWriter(Challenge challenge) : IAuthorizationMiddlewareResultHandler
{
    private const int RetrySeconds = 10;

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        var response = context.Response;
        if (authorizeResult.Forbidden)
        {
            response.Headers.WWWAuthenticate = challenge.InsufficientScope(context);
            return WriteAsync(context, StatusCodes.Status403Forbidden,
                new(JsonRpcErrorCode.Unauthorized, "The token or key does not have all scopes that this server needs; WWW-Authenticate names them."));
        }

        var refusal = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Failure as CredentialRefusedException;
        if (refusal is { Status: StatusCodes.Status503ServiceUnavailable })
        {
            response.Headers.RetryAfter = RetrySeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return WriteAsync(context, refusal.Status, new(JsonRpcErrorCode.Overloaded, refusal.Message));
        }

        response.Headers.WWWAuthenticate = challenge.Unauthorized(context, refusal);
        return WriteAsync(context, refusal?.Status ?? StatusCodes.Status401Unauthorized,
            new(JsonRpcErrorCode.Unauthorized, refusal?.Message ?? "Authentication is required: a bearer token or an API key."));
    }

    private static Task WriteAsync(HttpContext context, int status, JsonRpcError error)
    {
        var response = context.Response;
        response.StatusCode = status;
        // A POST to /sse is the C# SDK's client asking whether this is Streamable HTTP: any JSON-RPC body would say yes.
        if (HttpMethods.IsPost(context.Request.Method)
            && context.Request.Path.Value.AsSpan().TrimEnd('/').EndsWith("/sse", StringComparison.Ordinal))
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        var body = error.ToResponse(default);
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
