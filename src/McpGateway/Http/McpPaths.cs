using McpGateway.Sessions;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Http;

/// <summary>The last parts of a server's paths, one for each transport, and where a request says its session.</summary>
internal static class McpPaths
{
    public const string StreamableHttp = "/mcp";
    public const string Sse = "/sse";
    public const string Message = "/message";

    public static readonly IReadOnlyList<string> All = [Sse, Message, StreamableHttp];

    private const string SessionIdKey = "sessionId";

    /// <summary>
    /// Where the client of an HTTP+SSE session posts its messages. A path, not a URL: clients refuse another origin than the
    /// one at which they reached the gateway.
    /// </summary>
    /// <param name="context">The request that opens the session.</param>
    /// <param name="prefix">What stands before the transport's part in the path: empty, or /{name}.</param>
    /// <param name="sessionId">The session's id.</param>
    public static string MessageUrl(HttpContext context, string prefix, string sessionId) =>
        $"{context.Request.PathBase}{prefix}{Message}?{SessionIdKey}={sessionId}";

    /// <summary>The session ids that a request names: none, one, or several, which is an error.</summary>
    public static StringValues SessionIdsOf(HttpRequest request) =>
        // By the path: a header on /message, or a query on /mcp, names no session, and would send the request to another replica.
        request.Path.Value.AsSpan().TrimEnd('/').EndsWith(Message, StringComparison.Ordinal)
            ? request.Query[SessionIdKey]
            : request.Headers[McpHeaders.SessionId];
}
