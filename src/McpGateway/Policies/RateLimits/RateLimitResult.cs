namespace McpGateway.Policies.RateLimits;

/// <summary>What a bucket said.</summary>
/// <param name="IsTaken">Whether there was enough.</param>
/// <param name="Limit">What a minute brings.</param>
/// <param name="Remaining">What is left.</param>
/// <param name="Reset">Until all is back.</param>
/// <param name="Wait">When it was not enough: until it would be.</param>
internal readonly record struct RateLimitResult(bool IsTaken, int Limit, int Remaining, TimeSpan Reset, TimeSpan Wait);
