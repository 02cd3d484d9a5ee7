using System.IO.Pipelines;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Backends.Stdio.Launching;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>From the start of the pipes to the end of the process, wanted or not.</summary>
internal sealed partial class ChildConnection
{
    private async Task StopAsync()
    {
        Interlocked.CompareExchange(ref _failure, Failure("was stopped", null), null);
        _toChild.Close(discard: true);
        try
        {
            await _process.StopAsync(_condemned.Task.IsCompleted ? StopTimes.None : StopTimes.Default);
            await _running;
        }
        finally
        {
            _process.Dispose();
            _context.Metrics.ChildStopped(_server.Name);
            _server.ReleaseProcess();
        }
    }

    private async Task RunAsync()
    {
        var errorOutput = GuardAsync(_errorOutput.RunAsync(_process));
        var writing = GuardAsync(WriteAsync());
        var reading = GuardAsync(ReadAsync());
        if (await Task.WhenAny(reading, _process.Exited, _condemned.Task) != _condemned.Task)
            await SettleAsync(Task.WhenAll(reading, errorOutput, _process.Exited));
        await LoseAsync();
        await SettleAsync(writing);
    }

    private async Task WriteAsync()
    {
        try
        {
            await MessageWriter.RunAsync(_toChild, _process.StandardInput);
        }
        finally
        {
            _toChild.Close(discard: true); // it closed its stdin: whoever waits for room would wait for ever
        }
    }

    private async Task ReadAsync()
    {
        var reader = new ChildReader(this);
        var pipe = PipeReader.Create(_process.StandardOutput, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        await reader.RunAsync(pipe, _context.MaxMessageBytes);
    }

    // What a child's pipes throw when it dies is told by its exit; whatever else happens must end the child, and be seen.
    private async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Log.PipeClosed(_log, _server.Name, _process.Id, exception.Message);
        }
        catch (Exception exception)
        {
            Log.Broken(_log, exception, _server.Name, _process.Id);
        }
    }

    private async Task SettleAsync(Task everything)
    {
        try
        {
            await everything.WaitAsync(DrainAfterExit, _context.Time);
        }
        catch (TimeoutException)
        {
            Log.PipeHeldOpen(_log, _server.Name, _process.Id);
        }
    }

    private async Task LoseAsync()
    {
        var exit = _process.Exited.IsCompletedSuccessfully ? await _process.Exited : (ChildExit?)null;
        var reason = _condemned.Task.IsCompleted ? await _condemned.Task : exit?.ToString() ?? "closed its standard output";
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
        failure = failure with { RetryAfter = _listener.OnLosing(reason) };
        Volatile.Write(ref _failure, failure);
        try
        {
            await FailPendingAsync();
        }
        finally
        {
            _listener.OnLost(failure.ToError());
        }
    }

    // Together: each may wait for a client that does not read.
    private Task FailPendingAsync()
    {
        _toChild.Close(discard: true);
        return Task.WhenAll(Calls.Snapshot().Select(call => call.FailAsync(_failure!.ToError()).AsTask()));
    }
}
