namespace McpGateway.Policies.RateLimits;

/// <summary>
/// What is kept for each client, bounded in number and in age without a list of who came last: there are two generations,
/// and whoever comes is taken into the younger one. When that is full, or a minute old, the older one goes. Who has been
/// away for a minute has a full bucket again, so that nothing is lost with it; what is in use goes along.
/// </summary>
/// <param name="capacity">Of one generation.</param>
/// <param name="time">The clock.</param>
/// <param name="create">Makes what a new client has.</param>
/// <param name="isInUse">Whether it must not be forgotten yet.</param>
internal sealed class Partitions<TKey, TValue>(int capacity, TimeProvider time, Func<TValue> create, Func<TValue, bool> isInUse)
    where TKey : notnull
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];
    private long _bornAt = time.GetTimestamp();

    public int Count
    {
        get
        {
            lock (_lock)
                return _young.Count + _old.Count;
        }
    }

    public TValue Get(TKey key)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_bornAt) >= Age)
                Rotate();
            if (_young.TryGetValue(key, out var value))
                return value;
            // Moved and not copied: one client must never have two buckets.
            if (!_old.Remove(key, out value))
                value = create();
            // May forget clients before a minute is over. Then they get a full bucket early, and memory stays bounded.
            if (_young.Count >= capacity)
                Rotate();
            _young[key] = value;
            return value;
        }
    }

    private void Rotate()
    {
        var gone = _old;
        (_old, _young, _bornAt) = (_young, [], time.GetTimestamp());
        // Two generations ago, but still in use: a new entry would let its client take the permits again that it holds.
        foreach (var (key, value) in gone.Where(entry => isInUse(entry.Value)))
            _young[key] = value;
    }
}
