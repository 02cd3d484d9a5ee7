using System.Threading.RateLimiting;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// Limits how many children start at a time on this machine (Limits:Starts), so that clients that all come back at once do not
/// overload it. One server gets at most half of it: a server whose starts hang does not keep the others waiting.
/// </summary>
internal sealed class StartGate : IAsyncDisposable
{
    // As many as there may be sessions by default (Limits:Sessions). Those beyond it are refused at once.
    private const int QueueLimit = 10_000;

    private readonly ConcurrencyLimiter _machine;
    private readonly PartitionedRateLimiter<StdioServerState> _servers;
    private readonly TimeProvider _time;

    /// <param name="limit">Starts at a time; null: by the number of processors.</param>
    /// <param name="time">The clock.</param>
    public StartGate(int? limit, TimeProvider time)
    {
        var starts = limit ?? Math.Max(4, 2 * Environment.ProcessorCount);
        _time = time;
        _machine = new ConcurrencyLimiter(Options(starts));
        // Rounded up, because a server must be able to start at least one.
        _servers = PartitionedRateLimiter.Create<StdioServerState, StdioServerState>(
            server => RateLimitPartition.GetConcurrencyLimiter(server, _ => Options((starts + 1) / 2)));
    }

    /// <summary>Waits for a free slot, at most the server's start time-out.</summary>
    /// <returns>The slot; null when the time is over.</returns>
    public async Task<StartSlot?> EnterAsync(StdioServerState server)
    {
        using var timeout = new CancellationTokenSource(server.Config.StartTimeout, _time);
        RateLimitLease? ofServer = null;
        try
        {
            // The server's own limit first: a start that waits for its server must not hold what other servers could use.
            ofServer = await _servers.AcquireAsync(server, cancellationToken: timeout.Token);
            if (ofServer.IsAcquired)
            {
                var ofMachine = await _machine.AcquireAsync(cancellationToken: timeout.Token);
                if (ofMachine.IsAcquired)
                    return new StartSlot(ofServer, ofMachine, _time);
                ofMachine.Dispose();
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // No slot became free in time.
        }

        ofServer?.Dispose();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        await _machine.DisposeAsync();
    }

    private static ConcurrencyLimiterOptions Options(int permits) =>
        new() { PermitLimit = permits, QueueLimit = QueueLimit, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };
}
