using System.Threading.RateLimiting;
using McpGateway.Configuration;

namespace McpGateway.Policies.RateLimits;

/// <summary>What one client has used of its limits. Lives as long as the client comes back.</summary>
internal sealed class ClientUse(TimeProvider time)
{
    private readonly Lock _lock = new();
    private (int Permits, int Queue, ConcurrencyLimiter Limiter)? _requests;
    private int _admissions;

    public TokenBucket Messages { get; } = new(time);

    public TokenBucket Openings { get; } = new(time);

    /// <summary>Whether a request of the client's is in flight, or waits to be.</summary>
    public bool HasAdmissions => Volatile.Read(ref _admissions) > 0;

    public void BeginAdmission() => Interlocked.Increment(ref _admissions);

    public void EndAdmission() => Interlocked.Decrement(ref _admissions);

    /// <summary>Counts the requests in flight. With other limits than before it is another: what is in flight ends under the old one.</summary>
    public ConcurrencyLimiter Requests(int permits, int queue)
    {
        lock (_lock)
        {
            if (_requests is { } known && known.Permits == permits && known.Queue == queue)
                return known.Limiter;
            var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = permits,
                QueueLimit = queue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            });
            _requests = (permits, queue, limiter);
            return limiter;
        }
    }
}

/// <summary>One client's use, and the limits that it is held against now.</summary>
internal readonly record struct ClientShare(ClientUse Use, RateLimitConfig Limits);
