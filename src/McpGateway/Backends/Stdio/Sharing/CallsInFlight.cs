using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Who has calls in flight at a shared child. A call that was cancelled or timed out counts until the child has answered
/// it: what the child still asks for it must not reach another session's client for want of a better one.
/// </summary>
internal sealed class CallsInFlight
{
    // Children need not answer what was cancelled (MCP, "Cancellation"), so what is remembered of it is bounded.
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<SharedChildSession, int> _counts = [];
    private readonly Queue<(ClientCall Call, long Since)> _abandoned = new();

    /// <summary>The one session that has calls in flight; null when none has, or several have.</summary>
    public SharedChildSession? OnlySeat
    {
        get
        {
            lock (_lock)
                return _counts.Count == 1 ? _counts.Keys.First() : null;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _counts.Count == 0;
        }
    }

    public int CountOf(SharedChildSession seat)
    {
        lock (_lock)
            return _counts.GetValueOrDefault(seat);
    }

    public void Enter(SharedChildSession seat)
    {
        lock (_lock)
            _counts[seat] = _counts.GetValueOrDefault(seat) + 1;
    }

    /// <summary>For whoever took a call out of the child's pending ones: it was answered, has failed, or was never sent.</summary>
    public void Leave(SharedChildSession seat)
    {
        lock (_lock)
        {
            if (--_counts[seat] == 0)
                _counts.Remove(seat);
        }
    }

    /// <summary>Remembers a call that nobody waits for any more, and that the child has not answered yet.</summary>
    /// <returns>The oldest such call when there are too many: it is to be forgotten, and counts for ever.</returns>
    public ClientCall? Abandon(ClientCall call, long now)
    {
        lock (_lock)
        {
            _abandoned.Enqueue((call, now));
            return _abandoned.Count > Capacity ? _abandoned.Dequeue().Call : null;
        }
    }

    /// <summary>Takes a call that was abandoned before a time: no child works on a call for ever.</summary>
    public ClientCall? TakeAbandonedBefore(long time)
    {
        lock (_lock)
            return _abandoned.TryPeek(out var oldest) && oldest.Since < time ? _abandoned.Dequeue().Call : null;
    }
}
