using McpGateway.Configuration;

namespace McpGateway.Policies.RateLimits;

/// <summary>One client's use, and the limits that it is held against now.</summary>
internal readonly record struct ClientShare(ClientUse Use, RateLimitConfig Limits);
