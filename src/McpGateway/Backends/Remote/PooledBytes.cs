using System.Buffers;

namespace McpGateway.Backends.Remote;

/// <summary>Bytes in a buffer from the shared pool. Whoever owns them returns the buffer, once.</summary>
/// <param name="Buffer">Null when there were more bytes than the limit.</param>
/// <param name="Length">The number of bytes.</param>
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
    /// <param name="limit">The most bytes that are accepted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Oversized when there are more.</returns>
    public static async Task<PooledBytes> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        // Most bodies are small. One byte more than the limit, to notice what exceeds it without another buffer.
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
            buffer = []; // the caller owns it now
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
