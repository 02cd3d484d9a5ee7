using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Http;

/// <summary>
/// POST /{server}/message without a session, for people with curl: one request in, its answer out as JSON. The gateway
/// does the handshake.
/// </summary>
internal sealed class PlainHttpHandler(SessionlessCalls calls, RequestBodyReader body, CallerValues values, QueueBudget budget, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, ServerState server)
    {
        if (await body.ReadAsync(context, server.Config, () => false) is not { } posted)
            return;
        var message = posted.Messages[0];
        var (id, isRequest) = (message.Envelope.Id, message.Envelope.IsRequest);
        if (values.TryRead(context, server, out var user) is { } incomplete)
        {
            message.Dispose();
            await JsonRpcErrorWriter.WriteAsync(context, incomplete, id);
            return;
        }

        var stream = ResponseStream.ForAnswers(budget, time);
        try
        {
            var receipt = calls.Receive(server, Caller.Of(context), message, stream, posted.Rights, user);
            if (receipt.Refusal is { } refusal)
                await JsonRpcErrorWriter.WriteAsync(context, refusal, id);
            else if (isRequest)
                await AnswerAsync(context, stream, id);
            else
                PostResponseWriter.Accepted(context);
        }
        finally
        {
            stream.Abandon();
            calls.Cancel(server, Caller.Of(context), stream, user); // when it is still in flight, its caller has left
        }
    }

    private static async Task AnswerAsync(HttpContext context, ResponseStream stream, JsonRpcId id)
    {
        // A keep-alive cannot be sent before the answer; it is the moment to see whether anyone still waits for it.
        while (await stream.WaitToReadAsync() && !(stream.TakeKeepAlive() && context.RequestAborted.IsCancellationRequested))
        {
            while (stream.TryRead(out var message))
            {
                using (message)
                {
                    if (!message.Envelope.IsAnswer)
                        continue;
                    PostResponseWriter.WriteJson(context, message);
                    return;
                }
            }
        }

        await JsonRpcErrorWriter.WriteAsync(context, Refusal.QueuesFull, id); // the stream was cut, or nobody is left to read this
    }
}
