namespace McpGateway.Configuration;

/// <summary>What one client may use. Null: no limit.</summary>
internal sealed record RateLimitConfig
{
    /// <summary>Requests that wait when <see cref="Queue"/> is not configured.</summary>
    public const int DefaultQueue = 128;

    public static RateLimitConfig None { get; } = new();

    /// <summary>Messages a minute. A whole minute's may come at once.</summary>
    public int? PermitsPerMinute { get; init; }

    /// <summary>Requests in flight at a time.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Requests that wait when <see cref="Concurrency"/> is reached; what comes beyond is refused.</summary>
    public int Queue { get; init; } = DefaultQueue;

    /// <summary>Sessions and streams opened a minute.</summary>
    public int? OpeningsPerMinute { get; init; }

    public bool IsAny => PermitsPerMinute is not null || Concurrency is not null || OpeningsPerMinute is not null;
}
