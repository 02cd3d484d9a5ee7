namespace McpGateway.Configuration;

/// <summary>Limits for one client. Null: no limit.</summary>
internal sealed record RateLimitConfig
{
    /// <summary>The length of <see cref="Queue"/> when it is not configured.</summary>
    public const int DefaultQueue = 128;

    public static RateLimitConfig None { get; } = new();

    /// <summary>Messages per minute. All of a minute's messages may arrive at once.</summary>
    public int? PermitsPerMinute { get; init; }

    /// <summary>Requests in flight at the same time.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Requests that may wait while <see cref="Concurrency"/> is reached; further requests are refused.</summary>
    public int Queue { get; init; } = DefaultQueue;

    /// <summary>Sessions and streams opened per minute.</summary>
    public int? OpeningsPerMinute { get; init; }

    public bool IsAny => PermitsPerMinute is not null || Concurrency is not null || OpeningsPerMinute is not null;
}
