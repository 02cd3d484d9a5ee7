using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>GET /{server}/sse: opens an HTTP+SSE session (revision 2024-11-05), which lasts as long as this stream.</summary>
internal sealed class SseHandler(SessionManager sessions, CallerValues values, RateLimits limits)
{
    /// <param name="context">The request.</param>
    /// <param name="server">The server that it is for.</param>
    /// <param name="prefix">What stands before /message in this server's paths: empty, or /{name}.</param>
    public Task HandleAsync(HttpContext context, ServerState server, string prefix)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            return OpenAsync(context, server, prefix);

        JsonRpcErrorWriter.OnlyGet(context);
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="HandleAsync"/>
    public async Task OpenAsync(HttpContext context, ServerState server, string prefix)
    {
        if (!MediaTypes.Accepts(context.Request.Headers.Accept, MediaTypes.SseWriter))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.SseWriter);
            return;
        }

        Session? session = null;
        var refusal = limits.ChargeOpening(context, server.Config)
            ?? values.TryRead(context, server, out var user)
            ?? sessions.TryOpen(SessionKind.Sse, server, Caller.Of(context), out session, user);
        if (refusal is not null)
        {
            await JsonRpcErrorWriter.WriteAsync(context, refusal, default);
            return;
        }

        var stream = session!.OpenStream(context.Features.Get<ForwardingPeer>()?.Name);
        try
        {
            await SseWriter.StartAsync(context);
            // A path, not a URL: clients refuse another origin than the one that they reached us at.
            var endpoint = $"{context.Request.PathBase}{prefix}/message?sessionId={session.Id}";
            SseWriter.Write(context.Response.BodyWriter, "endpoint", endpoint);
            await SseWriter.PumpAsync(context, stream);
        }
        finally
        {
            session.CloseStream(stream);
        }
    }
}
