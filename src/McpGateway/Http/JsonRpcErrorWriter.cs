using System.Globalization;
using System.Text.Json.Nodes;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Http;

/// <summary>
/// Writes every error of the gateway as an HTTP response: a status, and a JSON-RPC error with the request's id where it
/// could be read.
/// </summary>
internal static class JsonRpcErrorWriter
{
    public static JsonRpcError UnknownServer { get; } =
        new(JsonRpcErrorCode.NotFound, "There is no such server here. Servers are at /{name}/sse and /{name}/mcp.");

    public static Task WriteAsync(HttpContext context, int status, JsonRpcError error, JsonRpcId id = default)
    {
        if (IsPostToSse(context.Request))
        {
            WriteEmpty(context.Response, status);
            return Task.CompletedTask;
        }

        return WriteInFullAsync(context, status, error, id);
    }

    /// <summary>
    /// Writes an error with its body, to a POST to /sse too: for what a GET would meet as well, so that no client is led to the
    /// wrong transport by it, and the user needs the text (a setting to change, a server that does not exist).
    /// </summary>
    public static Task WriteInFullAsync(HttpContext context, int status, JsonRpcError error, JsonRpcId id = default)
    {
        var body = error.ToResponse(id);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        // With a length, so that the connection can be used again, and no chunks are written for a few bytes.
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Writes an error that trying again may help against.</summary>
    /// <param name="retryAfter">When trying again makes sense.</param>
    public static Task WriteAsync(
        HttpContext context, int status, JsonRpcError error, TimeSpan retryAfter, JsonRpcId id = default)
    {
        SetRetryAfter(context.Response, retryAfter);
        return WriteAsync(context, status, error, id);
    }

    public static Task WriteAsync(HttpContext context, Refusal refusal, JsonRpcId id)
    {
        if (refusal.RetryAfter is { } wait)
            SetRetryAfter(context.Response, wait);
        // A 405 must have it (RFC 9110, section 15.5.6).
        if (refusal.Allow is { } allow)
            context.Response.Headers.Allow = allow;
        if (refusal.Scopes.Count > 0 && context.Features.Get<ScopeChallenge>() is { } challenge)
            // Too little scope is answered with a challenge that names it (RFC 6750, section 3.1; MCP, "Authorization").
            context.Response.Headers.WWWAuthenticate = challenge.HeaderFor(refusal.Scopes);
        return WriteAsync(context, Status(refusal.Reason), refusal.Error, id);
    }

    public static Task UnknownServerAsync(HttpContext context) =>
        WriteInFullAsync(context, StatusCodes.Status404NotFound, UnknownServer);

    public static Task MethodNotAllowedAsync(HttpContext context, string allow) =>
        WriteAsync(context, Refusal.MethodNotAllowed(allow), default);

    /// <summary>405 without a body, wherever HTTP+SSE sessions are opened (see <see cref="IsPostToSse"/>).</summary>
    public static void OnlyGet(HttpContext context)
    {
        context.Response.Headers.Allow = HttpMethods.Get;
        WriteEmpty(context.Response, StatusCodes.Status405MethodNotAllowed);
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

    // The C# SDK's client tries a POST first, and takes any JSON-RPC body as a sign of Streamable HTTP: it would then never
    // open the stream. https://github.com/modelcontextprotocol/csharp-sdk, AutoDetectingClientSessionTransport.cs
    private static bool IsPostToSse(HttpRequest request) => HttpMethods.IsPost(request.Method)
        && request.Path.Value.AsSpan().TrimEnd('/').EndsWith("/sse", StringComparison.Ordinal);

    // The length tells ErrorBodiesMiddleware that the body is empty on purpose.
    private static void WriteEmpty(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentLength = 0;
    }

    // Whole seconds (RFC 9110, section 10.2.3), and never 0, with which clients would try again at once.
    private static void SetRetryAfter(HttpResponse response, TimeSpan wait) =>
        response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

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
