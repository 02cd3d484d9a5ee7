using System.Diagnostics.CodeAnalysis;
using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>What a server said while no stream of the client was open: kept for a short while, until one opens.</summary>
internal sealed class HeldMessages(TimeProvider time, QueueBudget budget)
{
    // A bridge between two streams of a client that reconnects, and no mailbox: a server that has more to say is not waiting
    // for this client, and a client that stays away for longer has most likely gone.
    private const int Capacity = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<(JsonRpcMessage Message, long Since)> _messages = new();
    private long _bytes;
    private bool _closed;

    /// <returns>False when it is full or closed: the message is still the caller's.</returns>
    public bool TryHold(JsonRpcMessage message)
    {
        lock (_lock)
        {
            var length = message.WrittenLength;
            if (_closed || _messages.Count >= Capacity || (_messages.Count > 0 && _bytes + length > QueueLimits.Default.Bytes))
                return false;
            Count(length);
            _messages.Enqueue((message, time.GetTimestamp()));
            return true;
        }
    }

    /// <summary>Takes the oldest message.</summary>
    public bool TryTake([NotNullWhen(true)] out JsonRpcMessage? message) => TryTake(_ => true, out message);

    /// <summary>Takes the oldest message if it has waited too long.</summary>
    public bool TryTakeExpired(long now, [NotNullWhen(true)] out JsonRpcMessage? message) =>
        TryTake(since => time.GetElapsedTime(since, now) >= Limit, out message);

    /// <summary>Takes no more, and disposes of what waits.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
        // Only after the flag is set: what was held after this loop would never be disposed of.
        while (TryTake(out var message))
            message.Dispose();
    }

    private bool TryTake(Func<long, bool> condition, [NotNullWhen(true)] out JsonRpcMessage? message)
    {
        lock (_lock)
        {
            message = null;
            if (!_messages.TryPeek(out var oldest) || !condition(oldest.Since))
                return false;
            message = _messages.Dequeue().Message;
            Count(-message.WrittenLength);
            return true;
        }
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        budget.Add(bytes);
    }
}
