using System.Threading.RateLimiting;

namespace McpGateway.Policies.RateLimits;

/// <summary>What one client has used of its limits. Lives as long as the client comes back.</summary>
internal sealed class ClientUse(TimeProvider time)
{
    private readonly Lock _lock = new();
    private (int Permits, int Queue, ConcurrencyLimiter Limiter)? _requests;
    // Counted here and not read from the limiter: one that was replaced still has requests in it.
    private int _requestCount;

    public TokenBucket Messages { get; } = new(time);

    public TokenBucket Openings { get; } = new(time);

    /// <summary>Whether a request of the client's is in flight, or waits to be.</summary>
    public bool HasRequests => Volatile.Read(ref _requestCount) > 0;

    public void BeginRequest() => Interlocked.Increment(ref _requestCount);

    public void EndRequest() => Interlocked.Decrement(ref _requestCount);

    /// <summary>Counts the requests in flight. Changed limits get a new limiter; older requests keep the old one.</summary>
    public ConcurrencyLimiter Requests(int permits, int queue)
    {
        lock (_lock)
        {
            if (_requests is { } known && known.Permits == permits && known.Queue == queue)
                return known.Limiter;
            // The old one is not disposed of: its requests give their permits back to it.
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
