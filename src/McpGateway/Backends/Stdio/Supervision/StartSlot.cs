using System.Threading.RateLimiting;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// One of the starts at a time that <see cref="StartGate"/> allows, until it is disposed of or has been held long enough.
/// </summary>
internal sealed class StartSlot : IDisposable
{
    // A child that needs longer to start mostly waits, for a download or a database, and hardly uses the processor.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private readonly ITimer _timer;
    private RateLimitLease[]? _leases;

    public StartSlot(RateLimitLease ofServer, RateLimitLease ofMachine, TimeProvider time)
    {
        _leases = [ofServer, ofMachine];
        _timer = time.CreateTimer(static slot => ((StartSlot)slot!).Dispose(), this, LongestHold, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        // The timer and the end of the start may come at the same time.
        if (Interlocked.Exchange(ref _leases, null) is not { } leases)
            return;
        _timer.Dispose();
        foreach (var lease in leases)
            lease.Dispose();
    }
}
