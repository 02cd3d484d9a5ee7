using System.Text.Json.Nodes;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Http;

/// <summary>Errors as HTTP answers: a status, and a JSON-RPC error with the request's id where it could be read.</summary>
internal static class JsonRpcErrorWriter
{
    public static Task WriteAsync(HttpContext context, int status, JsonRpcError error, JsonRpcId id = default)
    {
        var body = error.ToResponse(id);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static Task WriteAsync(HttpContext context, Refusal refusal, JsonRpcId id)
    {
        if (refusal.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (refusal.Allow is { } allow)
            context.Response.Headers.Allow = allow;
        if (refusal.Scopes.Count > 0 && context.Features.Get<ScopeChallenge>() is { } challenge)
            context.Response.Headers.WWWAuthenticate = challenge.HeaderFor(refusal.Scopes);
        return WriteAsync(context, Status(refusal.Reason), refusal.Error, id);
    }

    public static Task UnknownServerAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status404NotFound,
        new(JsonRpcErrorCode.NotFound, "There is no such server here. Servers are at /{name}/sse and /{name}/mcp."));

    public static Task MethodNotAllowedAsync(HttpContext context, string allow) =>
        WriteAsync(context, Refusal.MethodNotAllowed(allow), default);

    /// <summary>Without a body: the C# SDK's client tries a POST first, and takes any JSON-RPC body for Streamable HTTP.</summary>
    public static void OnlyGet(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = HttpMethods.Get;
        context.Response.ContentLength = 0;
    }

    public static Task NotAcceptableAsync(HttpContext context, string types) => WriteAsync(
        context, StatusCodes.Status406NotAcceptable, new(JsonRpcErrorCode.InvalidRequest, $"Send 'Accept: {types}'."));

    public static Task BadRequestAsync(HttpContext context, string message, JsonRpcId id = default) =>
        WriteAsync(context, Refusal.BadRequest(message), id);

    public static Task UnsupportedVersionAsync(HttpContext context, string requested, JsonRpcId id) => WriteAsync(
        context, StatusCodes.Status400BadRequest,
        new(JsonRpcErrorCode.UnsupportedProtocolVersion, "This protocol version is not served.", new JsonObject
        {
            ["supported"] = new JsonArray([.. ProtocolVersion.Served.Select(version => (JsonNode?)version)]),
            ["requested"] = requested,
        }), id);

    private static int Status(RefusalReason reason) => reason switch
    {
        RefusalReason.Invalid => StatusCodes.Status400BadRequest,
        RefusalReason.Forbidden => StatusCodes.Status403Forbidden,
        RefusalReason.NotFound => StatusCodes.Status404NotFound,
        RefusalReason.TooMany => StatusCodes.Status429TooManyRequests,
        RefusalReason.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        RefusalReason.ServerFailed => StatusCodes.Status502BadGateway,
        RefusalReason.ServerTimedOut => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status503ServiceUnavailable,
    };
}
