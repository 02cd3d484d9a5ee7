namespace McpGateway.Policies.RateLimits;

/// <summary>
/// A token bucket that holds what a minute brings and fills without steps. It keeps what was used instead of what is left,
/// and is told the limit with each use: another limit holds at once, and gives nothing back that was used under the old one.
/// (The framework's bucket has its limit for life, and a clock of its own.)
/// </summary>
internal sealed class TokenBucket(TimeProvider time)
{
    // For rounding errors: without it, a client that waited for as long as it was told could still be refused.
    private const double Tolerance = 1e-6;

    private readonly Lock _lock = new();
    private double _used;
    private long _at = time.GetTimestamp();

    /// <summary>Takes all or nothing.</summary>
    /// <param name="count">How many tokens.</param>
    /// <param name="perMinute">The limit, as it is now.</param>
    public RateLimitResult Take(int count, int perMinute)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            // Computed when it is used: a timer for each client would cost more than all their requests.
            _used = Math.Max(0, _used - (time.GetElapsedTime(_at, now).TotalMinutes * perMinute));
            // Also when it is refused: the time up to now has been credited.
            _at = now;
            var missing = _used + count - perMinute;
            var isTaken = missing <= Tolerance;
            if (isTaken)
                _used += count;
            // More than the bucket holds can never be had at once. Then the wait is until the bucket is full.
            var wait = TimeSpan.FromMinutes((count > perMinute ? _used : Math.Max(0, missing)) / perMinute);
            return new RateLimitResult(
                isTaken, perMinute, (int)Math.Max(0, perMinute - _used + Tolerance),
                TimeSpan.FromMinutes(_used / perMinute), wait);
        }
    }
}
