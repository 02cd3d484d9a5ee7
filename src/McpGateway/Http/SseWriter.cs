using System.Buffers;
using System.Globalization;
using System.Text;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using Microsoft.AspNetCore.Http.Features;

namespace McpGateway.Http;

/// <summary>A response in the text/event-stream format (HTML standard, section 9.2).</summary>
internal static class SseWriter
{
    // A burst of small messages goes out in one write, a large one is not held back.
    private const int FlushBytes = 64 * 1024;

    /// <summary>Sends the headers at once: proxies and clients wait for them.</summary>
    public static Task StartAsync(HttpContext context)
    {
        // Response compression and the like would hold events back until they have enough of them.
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = MediaTypes.EventStream;
        context.Response.Headers.CacheControl = "no-cache, no-transform";
        // nginx would collect events until its buffer is full.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return context.Response.StartAsync(context.RequestAborted);
    }

    /// <summary>Writes an event that is no message.</summary>
    public static void Write(IBufferWriter<byte> writer, string name, string data) =>
        Encoding.UTF8.GetBytes($"event: {name}\ndata: {data}\n\n", writer);

    public static void Write(IBufferWriter<byte> writer, JsonRpcMessage message)
    {
        if (message.Event is { } fields)
            Write(writer, fields);
        else
            writer.Write("event: message\n"u8);
        // One line is enough: a message has no line break left (see JsonRpcMessage.TryTake), which would end the field.
        writer.Write("data: "u8);
        message.WriteTo(writer);
        writer.Write("\n\n"u8);
    }

    private static void Write(IBufferWriter<byte> writer, EventFields fields)
    {
        if (fields.Id is not null)
            Encoding.UTF8.GetBytes($"id: {fields.Id}\n", writer);
        if (fields.Retry is { } retry)
            WriteRetry(writer, retry);
        if (fields.Name.Length > 0)
            Encoding.UTF8.GetBytes($"event: {fields.Name}\n", writer);
    }

    /// <summary>Writes what comes on the stream, until it ends or the client goes.</summary>
    public static async Task PumpAsync(HttpContext context, ResponseStream stream)
    {
        // A reader that waits for messages has nothing to write, and so would not notice that its client has gone.
        using var gone = context.RequestAborted.UnsafeRegister(state => ((ResponseStream)state!).Abandon(), stream);
        stream.OnCut(context.Abort);
        var writer = context.Response.BodyWriter;
        try
        {
            // What was written before it, the endpoint event or the first message, must not wait for the next message.
            await writer.FlushAsync(context.RequestAborted);
            while (await stream.WaitToReadAsync())
            {
                while (stream.TryRead(out var message))
                {
                    using (message)
                        Write(writer, message);
                    if (writer.UnflushedBytes >= FlushBytes)
                        await writer.FlushAsync(context.RequestAborted);
                }

                // A comment, which no client takes for an event (HTML standard, section 9.2).
                if (stream.TakeKeepAlive())
                    writer.Write(": keep-alive\n\n"u8);
                await writer.FlushAsync(context.RequestAborted);
            }

            if (stream.ReconnectAfter is { } wait)
            {
                WriteRetry(writer, wait);
                writer.Write("\n"u8);
                await writer.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: its session knows what that means.
        }
        finally
        {
            // Kestrel reuses the context for the connection's next request, which must not be aborted by this stream.
            stream.OnCut(null);
        }
    }

    private static void WriteRetry(IBufferWriter<byte> writer, TimeSpan wait)
    {
        var milliseconds = (long)wait.TotalMilliseconds;
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {milliseconds}\n"), writer);
    }
}
