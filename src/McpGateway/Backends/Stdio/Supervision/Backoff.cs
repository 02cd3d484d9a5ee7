namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// When something that failed may be tried again: at once after the first failure, then after a delay that doubles with each
/// failure, up to a minute. The delay is randomized, so that servers that failed together are not restarted together. A success
/// resets it.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    // The share of the delay by which it is at most shortened or extended.
    private const double Jitter = 0.25;

    private readonly Lock _lock = new();
    private long _since;
    private TimeSpan _delay;

    /// <summary>Failures since the last success. Those that come during a delay do not count: they began before it.</summary>
    public int Failures { get; private set; }

    /// <summary>Time until the next try; zero when it may be now.</summary>
    public TimeSpan RetryAfter
    {
        get
        {
            lock (_lock)
            {
                var left = _delay - time.GetElapsedTime(_since);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>The reason of the last failure; null after a success.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Records a failure.</summary>
    /// <returns>Time until the next try.</returns>
    public TimeSpan Failed(string reason)
    {
        lock (_lock)
        {
            LastFailure = reason;
            if (RetryAfter > TimeSpan.Zero)
                return RetryAfter;
            Failures++;
            _since = time.GetTimestamp();
            _delay = Delay(Failures);
            return _delay;
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            Failures = 0;
            LastFailure = null;
            _delay = TimeSpan.Zero;
        }
    }

    private static TimeSpan Delay(int failures)
    {
        if (failures < 2)
            return TimeSpan.Zero;
        // The exponent is bounded, or the time would overflow after many failures. 2^10 s is beyond the longest delay.
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures - 2, 10));
        return (delay < LongestDelay ? delay : LongestDelay) * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
    }
}
