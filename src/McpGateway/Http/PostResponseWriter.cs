using System.Buffers;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>Writes what a backend gives back: a refusal, nothing, or messages as plain JSON or as events.</summary>
internal static class PostResponseWriter
{
    private static readonly JsonRpcError NoMessage = new(
        JsonRpcErrorCode.InternalError, "The request ended without an answer: its session or its server's connection has ended.");

    /// <param name="context">The request.</param>
    /// <param name="reply">What is to be written.</param>
    /// <param name="id">The id to name in an error about the whole request.</param>
    /// <param name="isBatch">Whether its messages came in an array.</param>
    /// <param name="accepted">The status when there is nothing to answer.</param>
    public static Task WriteAsync(
        HttpContext context, in BackendReply reply, JsonRpcId id, bool isBatch, int accepted = StatusCodes.Status202Accepted)
    {
        if (reply.Refusal is { } refusal)
            return JsonRpcErrorWriter.WriteAsync(context, refusal, id);
        if (reply.SessionId is { } session)
            context.Response.Headers[McpHeaders.SessionId] = session;
        context.Response.StatusCode = reply.Stream is null ? accepted : reply.Status;
        if (reply.Stream is not { } stream)
        {
            // A 204 must not have a length (RFC 9110, section 8.6).
            if (accepted == StatusCodes.Status202Accepted)
                context.Response.ContentLength = 0;
            return Task.CompletedTask;
        }

        return reply.Form is ReplyForm.Json
            ? WriteJsonAsync(context, stream, id, isBatch) : WriteAsync(context, stream, reply.Form);
    }

    /// <summary>The message as the whole response. Kestrel flushes it with the end of the request.</summary>
    public static void WriteJson(HttpContext context, JsonRpcMessage message)
    {
        // If initialize has failed there is no session: a client that got the id would go on with it, and get 404.
        if (message.Envelope.Kind is JsonRpcKind.Error)
            context.Response.Headers.Remove(McpHeaders.SessionId);
        context.Response.ContentType = MediaTypes.Json;
        // Before the bytes: Kestrel would otherwise send them in chunks.
        context.Response.ContentLength = message.WrittenLength;
        message.WriteTo(context.Response.BodyWriter);
    }

    private static async Task WriteAsync(HttpContext context, ResponseStream stream, ReplyForm form)
    {
        JsonRpcMessage? first = null;
        if (form is ReplyForm.FirstDecides && await stream.WaitToReadAsync() && stream.TryRead(out first)
            && first.Envelope.IsAnswer)
        {
            using (first)
                WriteJson(context, first);
            return;
        }

        // Its client has left: what the server has said is for the client's other streams. Seen with the next message or after a
        // second of silence, since a callback on the token would cost each request something.
        if (context.RequestAborted.IsCancellationRequested)
        {
            if (first is not null)
                stream.PutBack(first);
            return;
        }

        using (first)
        {
            await SseWriter.StartAsync(context);
            if (first is not null)
                SseWriter.Write(context.Response.BodyWriter, first);
        }

        // The first message has not been flushed: PumpAsync begins with that.
        await SseWriter.PumpAsync(context, stream);
    }

    // The backend has received all of them: it ends the stream without waiting for the server again.
    private static async Task WriteJsonAsync(HttpContext context, ResponseStream stream, JsonRpcId id, bool isBatch)
    {
        var messages = new List<JsonRpcMessage>();
        try
        {
            while (await stream.WaitToReadAsync())
            {
                while (stream.TryRead(out var message))
                    messages.Add(message);
                stream.TakeKeepAlive(); // none can be sent
            }

            if (messages.Count == 0)
                await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status502BadGateway, NoMessage, id);
            else if (isBatch)
                WriteJsonArray(context, messages);
            else
                WriteJson(context, messages[0]);
        }
        finally
        {
            // Their buffers are others' from here on, also when the client has gone meanwhile.
            messages.ForEach(message => message.Dispose());
        }
    }

    private static void WriteJsonArray(HttpContext context, List<JsonRpcMessage> messages)
    {
        context.Response.ContentType = MediaTypes.Json;
        // Two brackets and a comma between each two.
        context.Response.ContentLength = messages.Sum(message => message.WrittenLength) + messages.Count + 1;
        var writer = context.Response.BodyWriter;
        for (var i = 0; i < messages.Count; i++)
        {
            writer.Write(i == 0 ? "["u8 : ","u8);
            messages[i].WriteTo(writer);
        }

        writer.Write("]"u8);
    }
}
