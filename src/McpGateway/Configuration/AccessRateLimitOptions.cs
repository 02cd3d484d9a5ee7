namespace McpGateway.Configuration;

/// <summary>Section <c>Access:RateLimit</c>: what one user may use of all servers together. Null: no limit.</summary>
public sealed class AccessRateLimitOptions
{
    /// <summary>See <see cref="RateLimitConfig.PermitsPerMinute"/>.</summary>
    public int? PermitsPerMinute { get; set; }

    /// <summary>See <see cref="RateLimitConfig.Concurrency"/>.</summary>
    public int? Concurrency { get; set; }

    /// <summary>See <see cref="RateLimitConfig.Queue"/>.</summary>
    public int Queue { get; set; } = RateLimitConfig.DefaultQueue;

    /// <summary>See <see cref="RateLimitConfig.OpeningsPerMinute"/>.</summary>
    public int? OpeningsPerMinute { get; set; }

    /// <summary>
    /// Credentials from one address that are refused with their reason, a minute; the others are told to wait. Valid ones
    /// are never held up by it. Default 100; null: no limit.
    /// </summary>
    public int? FailedAuthenticationsPerMinute { get; set; } = 100;

    public RateLimitConfig ToConfig() => new()
    {
        PermitsPerMinute = PermitsPerMinute, Concurrency = Concurrency, Queue = Queue, OpeningsPerMinute = OpeningsPerMinute,
    };

    internal IEnumerable<string> Errors()
    {
        (string Key, int? Value)[] counts =
        [
            (nameof(PermitsPerMinute), PermitsPerMinute), (nameof(Concurrency), Concurrency),
            (nameof(OpeningsPerMinute), OpeningsPerMinute), (nameof(FailedAuthenticationsPerMinute), FailedAuthenticationsPerMinute),
        ];
        foreach (var (key, value) in counts)
        {
            if (value is < 1 or > 100_000_000)
                yield return $"Access:RateLimit:{key}: write a number from 1 to 100000000, or null for no limit";
        }

        if (Queue is < 0 or > 100_000)
            yield return "Access:RateLimit:Queue: write a number from 0 to 100000";
    }
}
