using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>
/// POST /{server}/message?sessionId=: a message into an HTTP+SSE session; the answer comes on its stream. Without
/// <c>sessionId</c> it is a call for <see cref="PlainHttpHandler"/>.
/// </summary>
internal sealed class MessageHandler(RequestBodyReader body, PlainHttpHandler plain)
{
    public Task HandleAsync(HttpContext context, IBackend backend)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            return JsonRpcErrorWriter.MethodNotAllowedAsync(context, HttpMethods.Post);
        var id = McpPaths.SessionIdsOf(context.Request);
        return id.Count switch
        {
            0 => plain.HandleAsync(context, backend),
            1 => PostAsync(context, backend, id[0]!),
            _ => JsonRpcErrorWriter.BadRequestAsync(context, "sessionId occurs more than once."),
        };
    }

    private async Task PostAsync(HttpContext context, IBackend backend, string id)
    {
        // Before the body, for the session's revision; refused only after it, so that the error can name the request's id.
        var isFound = backend.TryFind(SessionKind.Sse, id);
        var allowsBatch = ProtocolVersion.AllowsBatches(backend.ProtocolVersion ?? string.Empty);
        if (await body.ReadAsync(context, backend.Server, allowsBatch) is not { } posted)
            return;
        if (!isFound)
        {
            posted.Dispose();
            await JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, posted.Id);
            return;
        }

        var reply = await backend.PostAsync(posted);
        try
        {
            await WriteAsync(context, reply, posted);
        }
        finally
        {
            await reply.CloseAsync();
        }
    }

    private static Task WriteAsync(HttpContext context, in BackendReply reply, PostedMessages posted)
    {
        if (reply is not { Refusal: null, Stream: null })
            return PostResponseWriter.WriteAsync(context, reply, posted.Id, posted.IsBatch);
        // The specification leaves the body open; this is what the SDKs' own servers send.
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return context.Response.WriteAsync("Accepted", context.RequestAborted);
    }
}
