namespace McpGateway.Configuration;

/// <summary>Section <c>Access:RateLimit</c>: limits for one user, over all servers together. Null: no limit.</summary>
internal sealed class AccessRateLimitOptions
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
    /// Failed authentications per minute and client address that are answered with 401; further ones get 429. Valid credentials
    /// are never delayed by it. Default 100; null: no limit.
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
            (nameof(OpeningsPerMinute), OpeningsPerMinute),
            (nameof(FailedAuthenticationsPerMinute), FailedAuthenticationsPerMinute),
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
