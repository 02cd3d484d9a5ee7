using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Whether a supervisor's child is in use: who is sending to it, and when a message last went through.</summary>
internal sealed class ChildActivity(TimeProvider time, QueueBudget budget)
{
    private int _senders;
    private long _usedAt = time.GetTimestamp();

    /// <summary>When it was last in use, as a timestamp of the clock.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>Whether a message waits for the child to start, or for room in its queue.</summary>
    public bool AnySender => Volatile.Read(ref _senders) > 0;

    /// <summary>It is in use: idle time is counted from here.</summary>
    public void Touch() => Touch(time.GetTimestamp());

    /// <inheritdoc cref="Touch()"/>
    public void Touch(long now) => Volatile.Write(ref _usedAt, now);

    /// <summary>
    /// A message is about to be sent. Until the result is disposed of, it counts against the queue budget: while it waits for
    /// the child to start, or for room, no queue counts it.
    /// </summary>
    public Sending Begin(JsonRpcMessage message)
    {
        var bytes = message.WrittenLength;
        budget.Add(bytes);
        Interlocked.Increment(ref _senders);
        return new Sending(this, bytes);
    }

    private void End(int bytes)
    {
        // In this order: otherwise, for an instant, the child would have no sender and an old time (Hibernation).
        Touch();
        Interlocked.Decrement(ref _senders);
        budget.Remove(bytes);
    }

    /// <summary>A message on its way to the child's queue. Must be disposed of once.</summary>
    public readonly struct Sending(ChildActivity activity, int bytes) : IDisposable
    {
        public void Dispose() => activity.End(bytes);
    }
}
