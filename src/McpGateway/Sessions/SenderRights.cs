using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Sessions;

/// <summary>What the sender of a message may do. It comes with each message and not with the session.</summary>
/// <param name="Granted">What needs scopes; none of it, unless it is given.</param>
/// <param name="Quota">How much; null: no limit.</param>
internal readonly record struct SenderRights(CallerScopes Granted, ClientQuota? Quota);
