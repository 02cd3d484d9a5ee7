using System.Buffers;
using McpGateway.Sessions.Queues;

namespace McpGateway.Http;

/// <summary>A body on its way in: pooled, doubled when it is full, and counted among what waits in the gateway.</summary>
internal sealed class GrowingBuffer : IDisposable
{
    private readonly QueueBudget _budget;
    private byte[]? _buffer;
    private int _counted;

    public GrowingBuffer(QueueBudget budget, int firstBytes)
    {
        _budget = budget;
        // The length that is counted is the buffer's and not the body's: it is what the memory really holds.
        _buffer = ArrayPool<byte>.Shared.Rent(firstBytes);
        Count(_buffer.Length);
    }

    public int Length { get; private set; }

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        var needed = Length + (int)bytes.Length;
        if (needed > _buffer!.Length)
            Grow(needed);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Hands the buffer over: it is the caller's to return to the pool, and no longer counted.</summary>
    public byte[] Detach()
    {
        var buffer = _buffer!;
        _buffer = null;
        return buffer;
    }

    public void Dispose()
    {
        // Also after Detach: the next queue counts the message, and it must not be counted twice.
        Count(0);
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    private void Grow(int needed)
    {
        // Doubled, so that a body that comes in small parts is not copied once for each of them.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer!.Length * 2));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        Count(larger.Length);
    }

    private void Count(int bytes)
    {
        _budget.Add(bytes - _counted);
        _counted = bytes;
    }
}
