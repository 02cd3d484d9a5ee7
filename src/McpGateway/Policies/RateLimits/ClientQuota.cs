using McpGateway.Configuration;

namespace McpGateway.Policies.RateLimits;

/// <summary>A client's limits at one server.</summary>
internal sealed class ClientQuota
{
    private readonly ClientShare[] _shares;

    /// <param name="ofServer">What it may use of the server; null: no limit.</param>
    /// <param name="ofAll">What it may use in all; null: no limit.</param>
    internal ClientQuota(ClientShare? ofServer, ClientShare? ofAll) =>
        // At most two. An array in a fixed order, which ConcurrencyPermit relies on.
        _shares = (ofServer, ofAll) switch
        {
            ({ } one, { } other) => [one, other],
            _ => (ofServer ?? ofAll) is { } only ? [only] : [],
        };

    /// <summary>Charges messages, all or none. Null: they are not limited.</summary>
    public RateLimitResult? ChargeMessages(int count) =>
        Charge(share => share.Use.Messages, limits => limits.PermitsPerMinute, count);

    /// <summary>Charges the opening of a session or a stream. Null: it is not limited.</summary>
    public RateLimitResult? ChargeOpening() => Charge(share => share.Use.Openings, limits => limits.OpeningsPerMinute, 1);

    /// <summary>Takes a permit, or queues for one. See <see cref="ConcurrencyPermit.TryAcquire"/>.</summary>
    /// <param name="permit">To be disposed of when the request has its answer; null when nothing is limited.</param>
    /// <returns>False when too many wait already.</returns>
    public bool TryAcquire(out ConcurrencyPermit? permit)
    {
        permit = null;
        if (!Array.Exists(_shares, share => share.Limits.Concurrency is not null))
            return true;
        permit = new ConcurrencyPermit(_shares);
        if (!permit.IsRefused)
            return true;
        // It may have got the first of its permits before the second was refused.
        permit.Dispose();
        permit = null;
        return false;
    }

    // The server's own limit comes first: whoever is refused there has used nothing of the other. The tighter one is told.
    private RateLimitResult? Charge(Func<ClientShare, TokenBucket> bucket, Func<RateLimitConfig, int?> limit, int count)
    {
        RateLimitResult? tightest = null;
        foreach (var share in _shares)
        {
            if (limit(share.Limits) is not { } perMinute)
                continue;
            var result = bucket(share).Take(count, perMinute);
            if (!result.IsTaken)
                return result;
            if (tightest is not { } known || result.Remaining < known.Remaining)
                tightest = result;
        }

        return tightest;
    }
}
