using System.Threading.RateLimiting;
using McpGateway.Backends.Remote;

namespace McpGateway.Policies.RateLimits;

/// <summary>
/// One request's way past the limit of those in flight: it waits for its turn, then holds a permit of each limit until it
/// is disposed of. Disposing of it while it waits takes it out of the queue.
/// </summary>
internal sealed class ConcurrencyPermit : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ClientShare[] _shares;
    private readonly List<RateLimitLease> _leases = [];
    private readonly CancellationTokenSource _leaving = new();
    private bool _disposed;

    internal ConcurrencyPermit(ClientShare[] shares)
    {
        _shares = shares;
        foreach (var share in shares)
            share.Use.BeginAdmission();
        Outcome = EnterAsync();
    }

    /// <summary>Completes when it is decided; never fails.</summary>
    public Task<PermitOutcome> Outcome { get; }

    internal bool IsRefused => Outcome is { IsCompletedSuccessfully: true } done
        && done.GetAwaiter().GetResult() is PermitOutcome.Refused;

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _leaving.Cancel();
        foreach (var lease in _leases)
            lease.Dispose();
        foreach (var share in _shares)
            share.Use.EndAdmission();
        _leaving.Dispose();
    }

    // Always in the same order, so that no two wait for each other.
    private async Task<PermitOutcome> EnterAsync()
    {
        try
        {
            foreach (var (use, limits) in _shares)
            {
                if (limits.Concurrency is not { } permits)
                    continue;
                var lease = await use.Requests(permits, limits.Queue).AcquireAsync(1, _leaving.Token);
                if (!lease.IsAcquired)
                    return PermitOutcome.Refused;
                if (!Keep(lease))
                    return PermitOutcome.Left;
            }

            return PermitOutcome.Admitted;
        }
        catch (OperationCanceledException)
        {
            return PermitOutcome.Left;
        }
    }

    private bool Keep(RateLimitLease lease)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _leases.Add(lease);
                return true;
            }
        }

        lease.Dispose();
        return false;
    }
}

/// <summary>How a request's wait has ended.</summary>
internal enum PermitOutcome
{
    /// <summary>It may be sent.</summary>
    Admitted,

    /// <summary>Too many wait already.</summary>
    Refused,

    /// <summary>It is no longer wanted.</summary>
    Left,
}
