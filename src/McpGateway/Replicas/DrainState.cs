using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Replicas;

/// <summary>How far the gateway's stop has come, for all who have to behave differently then.</summary>
public sealed class DrainState(IOptions<DrainOptions> drain, IOptions<ReplicasOptions> replicas, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan DelayWithReplicas = TimeSpan.FromSeconds(5);

    // One Ctrl+C is a signal to each process of the terminal's group, and the guard passes its own on.
    private static readonly TimeSpan SameSignal = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _isDraining;
    private long _begun;

    /// <summary>Whether the gateway has been told to stop.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Fires when the delay is over and no more requests are taken.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Whether there are others to go to.</summary>
    public bool OthersServe => replicas.Value.IsConfigured;

    /// <summary>How long all goes on as before.</summary>
    public TimeSpan Delay => drain.Value.Delay ?? (OthersServe ? DelayWithReplicas : TimeSpan.Zero);

    /// <summary>Asks the replicas whose streams pass through this one to end them; set by whoever can reach them.</summary>
    public Func<Task> AnnounceLeave { get; set; } = () => Task.CompletedTask;

    /// <summary>Tells the other replicas that no session is left here; set by whoever can reach them.</summary>
    public Func<Task> AnnounceLeft { get; set; } = () => Task.CompletedTask;

    /// <summary>Takes no more connections, and serves those that it has; set by whoever has the listeners.</summary>
    public Func<Task> StopAccepting { get; set; } = () => Task.CompletedTask;

    public void Begin()
    {
        _begun = time.GetTimestamp();
        _isDraining = true;
    }

    public Task CloseAsync() => _closing.CancelAsync();

    /// <summary>Another signal to stop, which means that somebody is waiting.</summary>
    public void Hurry()
    {
        if (IsDraining && time.GetElapsedTime(_begun) >= SameSignal)
            _hurry.Cancel();
    }

    /// <summary>Lets the delay pass; ends early when somebody is in a hurry.</summary>
    public async Task PassDelayAsync(CancellationToken cancellationToken)
    {
        if (Delay == TimeSpan.Zero)
            return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_hurry.Token, cancellationToken);
        try
        {
            await Task.Delay(Delay, time, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The calls in flight are waited for all the same.
        }
    }

    public void Dispose()
    {
        _hurry.Dispose();
        _closing.Dispose();
    }
}
