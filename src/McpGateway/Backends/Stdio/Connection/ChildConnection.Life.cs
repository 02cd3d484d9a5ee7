using McpGateway.Backends.Stdio.Launching;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>The end of the process, expected or not.</summary>
internal sealed partial class ChildConnection
{
    private async Task StopAsync()
    {
        Interlocked.CompareExchange(ref _failure, Failure("was stopped", null), null);
        _toChild.Close(discard: true);
        try
        {
            await _process.StopAsync(_killed.Task.IsCompleted ? StopTimes.None : StopTimes.Default);
            await _running;
        }
        finally
        {
            _process.Dispose();
            _context.Metrics.ChildStopped(_server.Name);
        }
    }

    private async Task RunAsync()
    {
        await _streams.RunAsync(_killed.Task);
        await LoseAsync();
        await _streams.FinishWritingAsync();
    }

    private async Task LoseAsync()
    {
        var exit = _process.Exited.IsCompletedSuccessfully ? await _process.Exited : (ChildExit?)null;
        var reason = _killed.Task.IsCompleted ? await _killed.Task : exit?.ToString() ?? "closed its standard output";
        var failure = Failure(reason, exit);
        var expected = Interlocked.CompareExchange(ref _failure, failure, null) is not null;
        if (expected)
        {
            Log.Stopped(_log, _server.Name, _process.Id, reason);
            await FailPendingAsync();
            return;
        }

        Log.Lost(_log, _server.Name, _process.Id, reason);
        _context.Metrics.ChildLost(_server.Name);
        failure = failure with { RetryAfter = _observer.OnLosing(reason) };
        Volatile.Write(ref _failure, failure);
        try
        {
            await FailPendingAsync();
        }
        finally
        {
            _observer.OnLost(failure.ToError());
        }
    }

    // Together: each may wait for a client that does not read.
    private Task FailPendingAsync()
    {
        _toChild.Close(discard: true);
        return Task.WhenAll(Calls.Snapshot().Select(call => call.FailAsync(_failure!.ToError()).AsTask()));
    }
}
