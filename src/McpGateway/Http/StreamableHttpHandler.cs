using McpGateway.Cli.DemoServer;
using McpGateway.Policies;
using McpGateway.Sessions;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Http;

/// <summary>/{server}/mcp: one endpoint for Streamable HTTP (revisions 2025-03-26 to 2025-11-25).</summary>
internal sealed class StreamableHttpHandler(SessionManager sessions, PostHandler post, SseHandler sse, RateLimits limits)
{
    public const string SessionHeader = "Mcp-Session-Id";
    public const string VersionHeader = "MCP-Protocol-Version";

    public Task HandleAsync(HttpContext context, ServerState server, string prefix)
    {
        var method = context.Request.Method;
        var id = context.Request.Headers[SessionHeader];
        var version = context.Request.Headers[VersionHeader];
        if (id.Count > 1 || version.Count > 1)
            return JsonRpcErrorWriter.BadRequestAsync(context, $"{SessionHeader} or {VersionHeader} occurs more than once.");
        if (HttpMethods.IsPost(method))
            return post.HandleAsync(context, server, id, version);
        if (HttpMethods.IsGet(method) && id.Count == 0 && version.Count == 0)
            return sse.OpenAsync(context, server, prefix); // a configuration that says "sse" and gives the /mcp URL
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsDelete(method))
            return JsonRpcErrorWriter.MethodNotAllowedAsync(context, "GET, POST, DELETE");
        if (version.Count == 1 && !ProtocolVersion.IsServed(version[0]!))
            return JsonRpcErrorWriter.UnsupportedVersionAsync(context, version[0]!, default);
        if (id.Count == 0)
            return JsonRpcErrorWriter.BadRequestAsync(context, $"{SessionHeader} is missing.");
        if (Find(context, server, id) is not { } session)
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, default);
        if (HttpMethods.IsGet(method))
            return ListenAsync(context, server, session);
        _ = session.EndAsync(); // the manager awaits it; the client need not wait for a slow child
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Session? Find(HttpContext context, ServerState server, StringValues id) =>
        sessions.Find(server.Name, id[0]!, Caller.Of(context)) is { Kind: SessionKind.Streamable } session ? session : null;

    private async Task ListenAsync(HttpContext context, ServerState server, Session session)
    {
        if (!MediaTypes.Accepts(context.Request.Headers.Accept, MediaTypes.SseWriter))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.SseWriter);
            return;
        }

        if (limits.ChargeOpening(context, server.Config) is { } refusal)
        {
            await JsonRpcErrorWriter.WriteAsync(context, refusal, default);
            return;
        }

        var stream = session.OpenStream(context.Features.Get<ForwardingPeer>()?.Name);
        try
        {
            await SseWriter.StartAsync(context);
            await SseWriter.PumpAsync(context, stream);
        }
        finally
        {
            session.CloseStream(stream);
        }
    }
}
