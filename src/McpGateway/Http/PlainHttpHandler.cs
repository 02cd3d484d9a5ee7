using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>
/// POST /{server}/message without a session, for people with curl: one request in, its answer out as JSON. The gateway
/// does the handshake.
/// </summary>
internal sealed class PlainHttpHandler(RequestBodyReader body)
{
    public async Task HandleAsync(HttpContext context, IBackend backend)
    {
        if (await body.ReadAsync(context, backend.Server, allowsBatch: false) is not { } posted)
            return;
        var reply = await backend.CallAsync(posted);
        try
        {
            if (reply.Stream is { } stream)
                await AnswerAsync(context, stream, posted.Id);
            else
                await PostResponseWriter.WriteAsync(context, reply, posted.Id, isBatch: false);
        }
        finally
        {
            await reply.CloseAsync();
        }
    }

    private static async Task AnswerAsync(HttpContext context, ResponseStream stream, JsonRpcId id)
    {
        // A keep-alive cannot be sent before the answer. Its time is used to check whether anyone still waits.
        while (await stream.WaitToReadAsync() && !(stream.TakeKeepAlive() && context.RequestAborted.IsCancellationRequested))
        {
            while (stream.TryRead(out var message))
            {
                using (message)
                {
                    // Progress and log messages cannot be sent: the response is one JSON value.
                    if (!message.Envelope.IsAnswer)
                        continue;
                    PostResponseWriter.WriteJson(context, message);
                    return;
                }
            }
        }

        // The stream was cut, or nobody is left to read this.
        await JsonRpcErrorWriter.WriteAsync(context, Refusal.QueuesFull, id);
    }
}
