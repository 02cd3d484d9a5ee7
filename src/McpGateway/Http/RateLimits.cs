using System.Globalization;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Http;

/// <summary>
/// Holds clients to their limits. It is done here and not by the framework's step in front of the route: that one sees
/// neither how many messages a POST carries nor their ids, and would hold a permit as long as a stream is open.
/// </summary>
internal sealed class RateLimits(ClientLimits limits)
{
    /// <summary>Whether there is anything to charge.</summary>
    public bool HoldFor(ServerConfig server) => limits.HoldFor(server);

    /// <returns>What the sender may use; null: nothing is limited.</returns>
    public ClientQuota? QuotaOf(HttpContext context, ServerConfig server)
    {
        if (!HoldFor(server))
            return null;
        var client = Caller.CountedAs(context);
        return limits.Of(server, client.Issuer, client.Subject);
    }

    /// <summary>Charges the messages of a POST, and says in its answer what is left.</summary>
    public static Refusal? ChargeMessages(HttpContext context, ClientQuota? quota, int count) =>
        Tell(context, quota?.ChargeMessages(count)) is { } wait ? Refusal.TooManyMessages(wait) : null;

    /// <summary>Charges the opening of a session or a stream, and says in its answer what is left.</summary>
    public Refusal? ChargeOpening(HttpContext context, ServerConfig server) =>
        Tell(context, QuotaOf(context, server)?.ChargeOpening()) is { } wait ? Refusal.TooManyOpenings(wait) : null;

    // The header fields of draft-ietf-httpapi-ratelimit-headers, in the form that clients know.
    private static TimeSpan? Tell(HttpContext context, RateLimitResult? result)
    {
        if (result is not { } known)
            return null;
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = known.Limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = known.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = Math.Ceiling(known.Reset.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        // Also when there was enough: a client can slow down before it is refused.
        return known.IsTaken ? null : known.Wait;
    }
}
