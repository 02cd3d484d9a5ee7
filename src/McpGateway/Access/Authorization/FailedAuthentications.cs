using McpGateway.Configuration;
using McpGateway.Policies.RateLimits;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authorization;

/// <summary>
/// Counts the refused credentials per client address. Only refused credentials are counted and limited, so a valid credential is
/// never delayed, whatever else comes from the same address.
/// </summary>
internal sealed class FailedAuthentications(IOptions<AccessOptions> options, TimeProvider time)
{
    // Of each of the two generations of Partitions: an attacker with many addresses cannot fill the memory.
    private const int Capacity = 25_000;

    private readonly Partitions<string, TokenBucket> _addresses = new(Capacity, time, () => new TokenBucket(time), _ => false);

    /// <summary>Counts another refused credential.</summary>
    /// <returns>How long the client must wait if there were too many; otherwise null.</returns>
    public TimeSpan? Add(HttpContext context)
    {
        if (options.Value.RateLimit.FailedAuthenticationsPerMinute is not { } limit)
            return null;
        var result = _addresses.Get(LimitKey.AddressOf(context.Connection.RemoteIpAddress)).Take(1, limit);
        return result.IsTaken ? null : result.Wait;
    }
}
