using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>
/// GET on a server's paths: opens an HTTP+SSE session (revision 2024-11-05), which lasts as long as its stream, or the stream of
/// a Streamable HTTP session.
/// </summary>
internal sealed class SseHandler(RateLimits limits)
{
    /// <param name="context">The request.</param>
    /// <param name="backend">The server that it is for.</param>
    /// <param name="prefix">What stands before the transport's part in the path: empty, or /{name}.</param>
    public Task HandleAsync(HttpContext context, IBackend backend, string prefix)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            return OpenAsync(context, backend, prefix);

        // Without a body, whatever was sent: clients that try a POST first then open the stream (see JsonRpcErrorWriter).
        JsonRpcErrorWriter.OnlyGet(context);
        return Task.CompletedTask;
    }

    /// <summary>Opens a session of HTTP+SSE.</summary>
    /// <inheritdoc cref="HandleAsync"/>
    public Task OpenAsync(HttpContext context, IBackend backend, string prefix) =>
        StreamAsync(context, backend, () => backend.OpenSseAsync(), prefix);

    /// <summary>Opens the stream of the session that was found.</summary>
    public Task ListenAsync(HttpContext context, IBackend backend) =>
        StreamAsync(context, backend, () => backend.ListenAsync(), prefix: null);

    private async Task StreamAsync(HttpContext context, IBackend backend, Func<ValueTask<BackendReply>> open, string? prefix)
    {
        if (!MediaTypes.Accepts(context.Request.Headers.Accept, MediaTypes.EventStream))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.EventStream);
            return;
        }

        // Charged before anything is opened: an opening may start a process.
        if (limits.ChargeOpening(context, backend.Server) is { } refusal)
        {
            await JsonRpcErrorWriter.WriteAsync(context, refusal, default);
            return;
        }

        var reply = await open();
        try
        {
            if (reply is { Form: ReplyForm.Events, Stream: { } stream })
                await WriteAsync(context, stream, prefix is null ? null : McpPaths.MessageUrl(context, prefix, reply.SessionId!));
            else
                await PostResponseWriter.WriteAsync(context, reply, default, isBatch: false);
        }
        finally
        {
            await reply.CloseAsync();
        }
    }

    private static async Task WriteAsync(HttpContext context, ResponseStream stream, string? endpoint)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        await SseWriter.StartAsync(context); // clients wait for the headers, and the first event may take hours
        // Before all messages (2024-11-05, "HTTP with SSE"): without it the client cannot send anything.
        if (endpoint is not null)
            SseWriter.Write(context.Response.BodyWriter, SseEvents.Endpoint, endpoint);
        await SseWriter.PumpAsync(context, stream);
    }
}
