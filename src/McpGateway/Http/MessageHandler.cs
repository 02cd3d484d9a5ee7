using McpGateway.Cli.DemoServer;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>
/// POST /{server}/message?sessionId=: a message into an HTTP+SSE session; the answer comes on its stream. Without
/// <c>sessionId</c> it is a call for <see cref="PlainHttpHandler"/>.
/// </summary>
internal sealed class MessageHandler(SessionManager sessions, RequestBodyReader body, PlainHttpHandler plain)
{
    public Task HandleAsync(HttpContext context, ServerState server)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            return JsonRpcErrorWriter.MethodNotAllowedAsync(context, HttpMethods.Post);
        var id = context.Request.Query["sessionId"];
        return id.Count switch
        {
            0 => plain.HandleAsync(context, server),
            1 => PostAsync(context, server, id[0]!),
            _ => JsonRpcErrorWriter.BadRequestAsync(context, "sessionId occurs more than once."),
        };
    }

    private async Task PostAsync(HttpContext context, ServerState server, string id)
    {
        var session = sessions.Find(server.Name, id, Caller.Of(context));
        if (await body.ReadAsync(context, server.Config, () => ProtocolVersion.AllowsBatches(session?.ProtocolVersion ?? string.Empty)) is not { } posted)
            return;
        if (session is not { Kind: SessionKind.Sse, Stream: { } stream })
        {
            posted.Dispose();
            await JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, posted.Id);
            return;
        }

        if (!await posted.RelayAsync(context, session, stream, awaitDelivery: true))
            return;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsync("Accepted", context.RequestAborted);
    }
}
