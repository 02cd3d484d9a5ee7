using System.Buffers;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>How a POST with a request is answered: as plain JSON when the answer comes first and soon, else as events.</summary>
internal static class PostResponseWriter
{
    public static void Accepted(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentLength = 0;
    }

    /// <summary>The message as the whole response. Kestrel flushes it with the end of the request.</summary>
    public static void WriteJson(HttpContext context, JsonRpcMessage message)
    {
        context.Response.ContentType = MediaTypes.Json;
        context.Response.ContentLength = message.WrittenLength;
        message.WriteTo(context.Response.BodyWriter);
    }

    /// <summary>Several messages as the whole response.</summary>
    public static void WriteJsonArray(HttpContext context, IReadOnlyList<JsonRpcMessage> messages)
    {
        context.Response.ContentType = MediaTypes.Json;
        context.Response.ContentLength = messages.Sum(message => message.WrittenLength) + messages.Count + 1;
        var writer = context.Response.BodyWriter;
        for (var i = 0; i < messages.Count; i++)
        {
            writer.Write(i == 0 ? "["u8 : ","u8);
            messages[i].WriteTo(writer);
        }

        writer.Write("]"u8);
    }

    /// <summary>Writes what comes on the stream.</summary>
    /// <param name="context">The POST.</param>
    /// <param name="stream">Ends with the last answer.</param>
    /// <param name="alwaysEvents">True for a batch, whose answers come one by one.</param>
    public static async Task WriteAsync(HttpContext context, ResponseStream stream, bool alwaysEvents)
    {
        JsonRpcMessage? first = null;
        if (!alwaysEvents && await stream.WaitToReadAsync() && stream.TryRead(out first) && first.Envelope.IsAnswer)
        {
            // What was not initialized is no session, so there is no id to go on with.
            if (first.Envelope.Kind is JsonRpcKind.Error)
                context.Response.Headers.Remove(StreamableHttpHandler.SessionHeader);
            using (first)
                WriteJson(context, first);
            return;
        }

        using (first)
        {
            await SseWriter.StartAsync(context);
            if (first is not null)
                SseWriter.Write(context.Response.BodyWriter, first);
        }

        await SseWriter.PumpAsync(context, stream);
    }
}
