using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Diagnostics;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>Owns a child's process from start to end, expected or not, and knows why it can no longer be used.</summary>
internal sealed partial class ChildLifetime(
    IChildProcess process, ChildStreams streams, MessageQueue input, ChildErrorOutput errorOutput, string server,
    GatewayMetrics metrics, ILogger log)
{
    private readonly Lock _stopLock = new();

    // Continuations run asynchronously: whoever calls Kill (the monitor) must not run the end of the child.
    private readonly TaskCompletionSource<string> _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private ChildFailure? _failure;
    private Task? _stopping;

    /// <summary>Why it is gone, unusable or being stopped; null while it may be used.</summary>
    public ChildFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>Starts to read and write its pipes. Called once.</summary>
    /// <param name="observer">Is called when the child is lost, but not when it is stopped.</param>
    /// <param name="failCalls">Fails all calls that wait for the child.</param>
    public void Start(IConnectionObserver observer, Func<ChildFailure, Task> failCalls)
    {
        Log.Started(log, server, process.Id);
        metrics.ChildStarted(server);
        _running = Task.Run(() => RunAsync(observer, failCalls));
    }

    /// <summary>Declares it lost for a reason, and has its process killed.</summary>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    public void Kill(string reason) => _killed.TrySetResult(reason);

    /// <summary>Stops the process in an orderly way and waits until it is gone; the same task for every caller.</summary>
    public Task StopAsync()
    {
        lock (_stopLock)
            return _stopping ??= StopCoreAsync();
    }

    /// <summary>A failure that names the last stderr output.</summary>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    /// <param name="exit">How the process ended; null while it runs.</param>
    public ChildFailure Describe(string reason, ChildExit? exit = null) => new(server, reason, exit, errorOutput.LastLines);

    private async Task StopCoreAsync()
    {
        // First: LoseAsync tells a stop from a loss by who has set the failure.
        Interlocked.CompareExchange(ref _failure, Describe("was stopped"), null);
        input.Close(discard: true);
        try
        {
            // Closes stdin first, which tells a stdio server to exit (MCP, Lifecycle, "Shutdown").
            await process.StopAsync(_killed.Task.IsCompleted ? StopTimes.None : StopTimes.Default);
            await _running;
        }
        finally
        {
            process.Dispose(); // also if the stop failed: the pipes must not stay open
            metrics.ChildStopped(server);
        }
    }

    private async Task RunAsync(IConnectionObserver observer, Func<ChildFailure, Task> failCalls)
    {
        await streams.RunAsync(_killed.Task);
        await LoseAsync(observer, failCalls);
        await streams.FinishWritingAsync();
    }

    private async Task LoseAsync(IConnectionObserver observer, Func<ChildFailure, Task> failCalls)
    {
        var exit = process.Exited.IsCompletedSuccessfully ? await process.Exited : (ChildExit?)null;
        var reason = _killed.Task.IsCompleted ? await _killed.Task : exit?.ToString() ?? "closed its standard output";
        var failure = Describe(reason, exit);
        if (Interlocked.CompareExchange(ref _failure, failure, null) is { } stopped)
        {
            // StopCoreAsync was first: this end was wanted, so nobody is told of a loss.
            Log.Stopped(log, server, process.Id, reason);
            input.Close(discard: true);
            await failCalls(stopped);
            return;
        }

        Log.Lost(log, server, process.Id, reason);
        metrics.ChildLost(server);
        // Before the calls fail: their errors say when to retry, and a client that retries at once must get the next child.
        failure = failure with { RetryAfter = observer.OnLosing(reason) };
        Volatile.Write(ref _failure, failure);
        try
        {
            input.Close(discard: true);
            await failCalls(failure);
        }
        finally
        {
            observer.OnLost(failure.ToError()); // whatever failed above: the child must still be stopped and replaced
        }
    }
}
