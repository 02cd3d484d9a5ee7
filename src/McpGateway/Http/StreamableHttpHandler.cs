using McpGateway.Policies;
using McpGateway.Sessions;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Http;

/// <summary>/{server}/mcp: one endpoint for Streamable HTTP (revisions 2025-03-26 to 2025-11-25).</summary>
internal sealed class StreamableHttpHandler(PostHandler post, SseHandler sse)
{
    /// <param name="context">The request.</param>
    /// <param name="backend">The server that it is for.</param>
    /// <param name="prefix">What stands before the transport's part in the path: empty, or /{name}.</param>
    public Task HandleAsync(HttpContext context, IBackend backend, string prefix)
    {
        var method = context.Request.Method;
        var id = context.Request.Headers[McpHeaders.SessionId];
        var version = context.Request.Headers[McpHeaders.ProtocolVersion];
        // A proxy in front might use the first and the gateway the last: neither is right for certain.
        if (id.Count > 1 || version.Count > 1)
        {
            return JsonRpcErrorWriter.BadRequestAsync(
                context, $"{McpHeaders.SessionId} or {McpHeaders.ProtocolVersion} occurs more than once.");
        }

        // Before the checks below: a POST's errors name the request's id, for which its body is read first.
        if (HttpMethods.IsPost(method))
            return post.HandleAsync(context, backend, id, version);
        if (HttpMethods.IsGet(method) && id.Count == 0 && version.Count == 0 && backend.ServesSse)
            return sse.OpenAsync(context, backend, prefix); // a configuration that says "sse" and gives the /mcp URL
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsDelete(method))
            return JsonRpcErrorWriter.MethodNotAllowedAsync(context, "GET, POST, DELETE");
        if (version.Count == 1 && !ProtocolVersion.IsServed(version[0]!))
            return JsonRpcErrorWriter.UnsupportedVersionAsync(context, version[0]!, default);
        if (id.Count == 0 && backend.RequiresSession)
            return JsonRpcErrorWriter.BadRequestAsync(context, $"{McpHeaders.SessionId} is missing.");
        if (id.Count == 1 && !backend.TryFind(SessionKind.Streamable, id[0]!))
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, default);
        return HttpMethods.IsGet(method) ? sse.ListenAsync(context, backend) : DeleteAsync(context, backend);
    }

    private static async Task DeleteAsync(HttpContext context, IBackend backend)
    {
        var reply = await backend.EndSessionAsync();
        try
        {
            await PostResponseWriter.WriteAsync(context, reply, default, isBatch: false, StatusCodes.Status204NoContent);
        }
        finally
        {
            await reply.CloseAsync();
        }
    }
}
