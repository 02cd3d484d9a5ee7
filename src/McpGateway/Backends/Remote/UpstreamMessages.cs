using System.Buffers;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Remote;

/// <summary>Reads what a remote server sends under the same rules as what a child does.</summary>
internal static class UpstreamMessages
{
    /// <summary>Reads a body or an event: one message, or an array of them (2025-03-26).</summary>
    /// <param name="json">Owned from here on; may be oversized.</param>
    /// <param name="server">The server's name, for errors.</param>
    /// <returns>
    /// The messages, owned by the caller. In place of an answer that must not be passed on there is an error with its id, where that
    /// could be read; what else cannot be read is left out.
    /// </returns>
    public static List<JsonRpcMessage> Read(PooledBytes json, string server)
    {
        var messages = new List<JsonRpcMessage>();
        if (json.Buffer is not { } buffer)
            return messages;
        if (!JsonRpcBatch.IsBatch(json.Span))
        {
            Add(messages, JsonRpcMessage.TryTake(buffer, json.Length, out var message, out var envelope), message, envelope, server);
            return messages;
        }

        if (JsonRpcBatch.Split(json.Span, out var parts) is null)
        {
            foreach (var part in parts)
            {
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

/// <summary>Bytes in a buffer of the shared pool, which their owner returns.</summary>
/// <param name="Buffer">Null when there were more than are taken.</param>
/// <param name="Length">How many.</param>
internal readonly record struct PooledBytes(byte[]? Buffer, int Length)
{
    public bool IsOversized => Buffer is null;

    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    public static PooledBytes Copy(ReadOnlySpan<byte> bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        return new PooledBytes(buffer, bytes.Length);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">Read no further than the limit.</param>
    /// <param name="limit">How many bytes are taken.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Oversized when there are more.</returns>
    public static async Task<PooledBytes> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(limit, 16 * 1024) + 1);
        var length = 0;
        try
        {
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var count)
            {
                length += count;
                if (length > limit)
                    return default;
                if (length == buffer.Length)
                    Grow(ref buffer);
            }

            var read = new PooledBytes(buffer, length);
            buffer = [];
            return read;
        }
        finally
        {
            if (buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Return()
    {
        if (Buffer is not null)
            ArrayPool<byte>.Shared.Return(Buffer);
    }

    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
