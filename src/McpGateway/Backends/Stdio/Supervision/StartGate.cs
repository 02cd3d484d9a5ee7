using System.Threading.RateLimiting;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// How many children may be starting at a time on this machine, so that all clients coming back at once do not bring it
/// down. One server takes at most half of it: one that hangs does not keep the others waiting.
/// </summary>
internal sealed class StartGate : IAsyncDisposable
{
    // A child that needs longer to come up does not use the processor all that time.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private const int QueueLimit = 10_000;

    private readonly ConcurrencyLimiter _all;
    private readonly PartitionedRateLimiter<ServerState> _each;
    private readonly TimeProvider _time;

    /// <param name="limit">Starts at a time; null: by the processors.</param>
    /// <param name="time">The clock.</param>
    public StartGate(int? limit, TimeProvider time)
    {
        var starts = limit ?? Math.Max(4, 2 * Environment.ProcessorCount);
        _time = time;
        _all = new ConcurrencyLimiter(Options(starts));
        _each = PartitionedRateLimiter.Create<ServerState, ServerState>(
            server => RateLimitPartition.GetConcurrencyLimiter(server, _ => Options((starts + 1) / 2)));
    }

    /// <summary>Waits for its turn, as long as the server's start may take.</summary>
    /// <returns>Holds a place until it is disposed of; null when the time is over.</returns>
    public async Task<IDisposable?> EnterAsync(ServerState server)
    {
        using var patience = new CancellationTokenSource(server.Config.StartTimeout, _time);
        RateLimitLease? own = null;
        try
        {
            own = await _each.AcquireAsync(server, cancellationToken: patience.Token);
            var shared = await _all.AcquireAsync(cancellationToken: patience.Token);
            if (own.IsAcquired && shared.IsAcquired)
                return new Slot(own, shared, _time);
            shared.Dispose();
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // Its turn has not come.
        }

        own?.Dispose();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _each.DisposeAsync();
        await _all.DisposeAsync();
    }

    private static ConcurrencyLimiterOptions Options(int permits) =>
        new() { PermitLimit = permits, QueueLimit = QueueLimit, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };

    private sealed class Slot : IDisposable
    {
        private readonly ITimer _timer;
        private RateLimitLease[]? _leases;

        public Slot(RateLimitLease own, RateLimitLease shared, TimeProvider time)
        {
            _leases = [own, shared];
            _timer = time.CreateTimer(static slot => ((Slot)slot!).Dispose(), this, LongestHold, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _leases, null) is not { } leases)
                return;
            _timer.Dispose();
            foreach (var lease in leases)
                lease.Dispose();
        }
    }
}
