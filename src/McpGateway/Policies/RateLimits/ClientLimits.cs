using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Policies.RateLimits;

/// <summary>
/// What each client may use: of one server (<c>rateLimit</c> in gateway.json, as it stands now) and of all together
/// (Access:RateLimit). Both hold.
/// </summary>
internal sealed class ClientLimits
{
    // For two generations, with their dictionaries, some 20 MB at most: no number of clients can fill the memory.
    private const int Capacity = 25_000;

    private readonly Partitions<LimitKey, ClientUse> _uses;
    private readonly RateLimitConfig _all;

    public ClientLimits(IOptions<AccessOptions> access, TimeProvider time)
    {
        _uses = new(Capacity, time, () => new ClientUse(time), use => use.HasRequests);
        _all = access.Value.RateLimit.ToConfig();
    }

    /// <summary>Whether there is anything to count at this server.</summary>
    public bool HoldFor(ServerConfig server) => server.RateLimit.IsAny || _all.IsAny;

    /// <param name="server">The server that is used.</param>
    /// <param name="issuer">Who vouches for the client.</param>
    /// <param name="subject">The client.</param>
    public ClientQuota Of(ServerConfig server, string issuer, string subject) => new(
        server.RateLimit.IsAny ? new ClientShare(_uses.Get(new(server.Name, issuer, subject)), server.RateLimit) : null,
        _all.IsAny ? new ClientShare(_uses.Get(new(null, issuer, subject)), _all) : null);
}
