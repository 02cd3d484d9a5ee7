using McpGateway.Configuration;
using McpGateway.Policies.RateLimits;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authorization;

/// <summary>
/// Counts the refused credentials of each address. Only what has been refused is counted and held up, so that a valid
/// credential is never delayed, whatever else comes from the same address.
/// </summary>
internal sealed class FailedAuthentications(IOptions<AccessOptions> options, TimeProvider time)
{
    private const int Capacity = 25_000;

    private readonly Partitions<string, TokenBucket> _addresses = new(Capacity, time, () => new TokenBucket(time), _ => false);

    /// <summary>Counts one more.</summary>
    /// <returns>How long to wait, when there were too many; else null.</returns>
    public TimeSpan? Add(HttpContext context)
    {
        if (options.Value.RateLimit.FailedAuthenticationsPerMinute is not { } limit)
            return null;
        var result = _addresses.Get(LimitKey.AddressOf(context.Connection.RemoteIpAddress)).Take(1, limit);
        return result.IsTaken ? null : result.Wait;
    }
}
