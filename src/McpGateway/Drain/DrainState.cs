using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Drain;

/// <summary>Whether the gateway is stopping, for all parts that behave differently then.</summary>
internal sealed class DrainState(IOptions<DrainOptions> drain, IOptions<ReplicasOptions> replicas, TimeProvider time)
    : IDisposable
{
    // Until a load balancer has seen the health check fail; Kubernetes removes an endpoint within a few seconds.
    private static readonly TimeSpan DelayWithReplicas = TimeSpan.FromSeconds(5);

    // One Ctrl+C is a signal to each process of the terminal's group, and the guard forwards its own: two signals in a
    // short time are one wish.
    private static readonly TimeSpan SameSignal = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _hurry = new();
    private volatile bool _isDraining;
    private long _begun;

    /// <summary>Whether the gateway has been told to stop.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Whether there are other replicas, which go on serving.</summary>
    public bool OthersServe => replicas.Value.IsConfigured;

    /// <summary>How long all but the opening of sessions goes on as before.</summary>
    public TimeSpan Delay => drain.Value.Delay ?? (OthersServe ? DelayWithReplicas : TimeSpan.Zero);

    public void Begin()
    {
        // Before the flag: Hurry reads the time as soon as it sees the flag.
        _begun = time.GetTimestamp();
        _isDraining = true;
    }

    /// <summary>A signal to stop. A second one means that somebody is waiting, and ends the delay.</summary>
    public void Hurry()
    {
        if (IsDraining && time.GetElapsedTime(_begun) >= SameSignal)
            _hurry.Cancel();
    }

    /// <summary>Waits for the delay, or until <see cref="Hurry"/> ends it.</summary>
    public async Task WaitForDelayAsync(CancellationToken cancellationToken)
    {
        // No timer at all: Ctrl+C on a laptop has nothing to wait for.
        if (Delay == TimeSpan.Zero)
            return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_hurry.Token, cancellationToken);
        try
        {
            await Task.Delay(Delay, time, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Only the delay is cut short: calls in flight are still waited for.
        }
    }

    public void Dispose() => _hurry.Dispose();
}
