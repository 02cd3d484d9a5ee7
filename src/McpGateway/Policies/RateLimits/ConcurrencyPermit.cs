using System.Threading.RateLimiting;
using McpGateway.JsonRpc;

namespace McpGateway.Policies.RateLimits;

/// <summary>
/// The permits that a request in flight holds, one of each limit on its client (<c>concurrency</c>), until this is disposed
/// of. While others hold them all, it waits in the limits' queues; disposing of it takes it out.
/// </summary>
internal sealed class ConcurrencyPermit : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ClientShare[] _shares;
    private readonly List<RateLimitLease> _leases = [];
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationToken _left; // its source may be disposed of between two limits
    private bool _disposed;

    internal ConcurrencyPermit(ClientShare[] shares)
    {
        _shares = shares;
        _left = _leaving.Token;
        foreach (var share in shares)
            // Before it enters: what is in use is not forgotten, or a client could start afresh while its requests are in flight.
            share.Use.BeginRequest();
        Outcome = EnterAsync();
    }

    /// <summary>Completes when it is decided; never fails.</summary>
    public Task<PermitOutcome> Outcome { get; }

    internal bool IsRefused => Outcome is { IsCompletedSuccessfully: true } done
        && done.GetAwaiter().GetResult() is PermitOutcome.Refused;

    /// <summary>Takes a permit for a request, or for a batch with requests, if its client's requests are limited.</summary>
    /// <param name="quota">What their sender may use; null: anything.</param>
    /// <param name="messages">What a client sends together.</param>
    /// <param name="permit">Null when none is needed; else the request may be sent once <see cref="Outcome"/> allows it.</param>
    /// <returns>Not null when too many of the client's requests wait already.</returns>
    public static Refusal? TryAcquire(ClientQuota? quota, ReadOnlySpan<JsonRpcMessage> messages, out ConcurrencyPermit? permit)
    {
        permit = null;
        return quota is null || !NeedsPermit(messages) || quota.TryAcquire(out permit) ? null : Refusal.TooManyAtATime;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        // Outside the lock, after the flag: Cancel runs what waits in a limiter's queue, and Keep then disposes of a late lease.
        _leaving.Cancel();
        foreach (var lease in _leases)
            lease.Dispose();
        foreach (var share in _shares)
            share.Use.EndRequest();
        _leaving.Dispose();
    }

    // A ping does without: it would wait behind the calls in flight, and its client take the connection for dead.
    private static bool NeedsPermit(ReadOnlySpan<JsonRpcMessage> messages)
    {
        foreach (var message in messages)
        {
            if (message.Envelope.IsRequest && message.Envelope.Method != McpMethod.Ping)
                return true;
        }

        return false;
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
                var lease = await use.Requests(permits, limits.Queue).AcquireAsync(1, _left);
                if (!lease.IsAcquired)
                    return PermitOutcome.Refused;
                // It may have been disposed of just as the permit came; nobody would give that one back.
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
