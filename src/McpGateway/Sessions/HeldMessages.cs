using System.Diagnostics.CodeAnalysis;
using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>What a child said while no stream of its client was open: kept for a short while, until one opens.</summary>
internal sealed class HeldMessages(TimeProvider time)
{
    private const int Capacity = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<(JsonRpcMessage Message, long Since)> _messages = new();

    /// <returns>False when it is full: the message is still the caller's.</returns>
    public bool TryHold(JsonRpcMessage message)
    {
        lock (_lock)
        {
            if (_messages.Count >= Capacity)
                return false;
            _messages.Enqueue((message, time.GetTimestamp()));
            return true;
        }
    }

    /// <summary>Takes the oldest message.</summary>
    public bool TryTake([NotNullWhen(true)] out JsonRpcMessage? message) => TryTake(_ => true, out message);

    /// <summary>Takes the oldest message if it has waited too long.</summary>
    public bool TryTakeExpired(long now, [NotNullWhen(true)] out JsonRpcMessage? message) =>
        TryTake(since => time.GetElapsedTime(since, now) >= Patience, out message);

    private bool TryTake(Func<long, bool> condition, [NotNullWhen(true)] out JsonRpcMessage? message)
    {
        lock (_lock)
        {
            message = null;
            if (!_messages.TryPeek(out var oldest) || !condition(oldest.Since))
                return false;
            message = _messages.Dequeue().Message;
            return true;
        }
    }
}
