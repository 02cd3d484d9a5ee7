namespace McpGateway.Sessions;

/// <summary>
/// When what has failed may be tried again: at once after the first failure, then after twice as long each time, up to a
/// minute, with a share of chance so that many do not come back in the same moment. A success resets it.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    // Of the delay, up and down.
    private const double Jitter = 0.25;

    private readonly Lock _lock = new();
    private long _since;
    private TimeSpan _delay;

    /// <summary>Failures since the last success; those that came while it was already waiting count as one.</summary>
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

    /// <summary>What went wrong last; null after a success.</summary>
    public string? LastFailure { get; private set; }

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
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures - 2, 10));
        return (delay < LongestDelay ? delay : LongestDelay) * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
    }
}
