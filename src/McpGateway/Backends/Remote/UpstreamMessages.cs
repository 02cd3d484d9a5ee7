using System.Buffers;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Remote;

/// <summary>Reads what a remote server sends, by the same rules as the output of a child.</summary>
internal static class UpstreamMessages
{
    /// <summary>Reads a body or an event: one message, or an array of them (2025-03-26).</summary>
    /// <param name="json">Owned from here on; may be oversized.</param>
    /// <param name="server">The server's name, for errors.</param>
    /// <returns>
    /// The messages, owned by the caller. An invalid answer is replaced by an error with its id if the id can be read. Any other
    /// invalid message is left out.
    /// </returns>
    public static List<JsonRpcMessage> Read(PooledBytes json, string server)
    {
        var messages = new List<JsonRpcMessage>();
        if (json.Buffer is not { } buffer)
            return messages;
        if (!JsonRpcBatch.IsBatch(json.Span))
        {
            // The message owns the buffer from here on. After an error, the buffer has been returned.
            var error = JsonRpcMessage.TryTake(buffer, json.Length, out var message, out var envelope);
            Add(messages, error, message, envelope, server);
            return messages;
        }

        if (JsonRpcBatch.Split(json.Span, out var parts) is null)
        {
            foreach (var part in parts)
            {
                // A copy each, because each message has an owner and an end of its own.
                var bytes = new ReadOnlySequence<byte>(buffer, part.Start, part.Length);
                Add(messages, JsonRpcMessage.TryCopy(bytes, out var message, out var envelope), message, envelope, server);
            }
        }

        json.Return();
        return messages;
    }

    private static void Add(
        List<JsonRpcMessage> messages, JsonRpcError? error, JsonRpcMessage? message, in JsonRpcEnvelope envelope, string server)
    {
        if (error is null)
            messages.Add(message!);
        else if (envelope is { IsAnswer: true, Id.IsNone: false })
            messages.Add(JsonRpcMessage.CreateError(envelope.Id, UpstreamErrors.Unreadable(server)));
    }
}
