#if USE_CLIWRAP
using System.IO.Pipelines;
using CliWrap;
using McpGateway.Backends.Stdio.Launching.Linux;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>
/// A child of CliWrap's. It gives its pipes to functions and takes them back when these return, so that bytes are copied
/// through pipes of our own; and it tells the exit code only when all three have returned.
/// </summary>
internal sealed class CliWrapChild : IChildProcess
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    // For what the child printed last; a descendant may hold its pipes open for ever.
    private static readonly TimeSpan DrainAfterExit = TimeSpan.FromMilliseconds(500);

    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly Pipe _error = new();
    private readonly CancellationTokenSource _graceful = new();
    private readonly CancellationTokenSource _forceful = new();
    private readonly CancellationTokenSource _drained = new();
    private readonly TimeProvider _time;

    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public CliWrapChild(Command command, TimeProvider time)
    {
        _time = time;
        StandardInput = _input.Writer.AsStream();
        StandardOutput = _output.Reader.AsStream();
        StandardError = _error.Reader.AsStream();
        var running = command
            .WithStandardInputPipe(PipeSource.Create(WriteInputAsync))
            .WithStandardOutputPipe(PipeTarget.Create((from, _) => ReadAsync(from, _output.Writer)))
            .WithStandardErrorPipe(PipeTarget.Create((from, _) => ReadAsync(from, _error.Writer)))
            .ExecuteAsync(_forceful.Token, _graceful.Token);
        Id = running.ProcessId;
        Exited = ExitAsync(running);
    }

    public int Id { get; }

    public Stream StandardInput { get; }

    public Stream StandardOutput { get; }

    public Stream StandardError { get; }

    public Task<ChildExit> Exited { get; }

    public long? ReadMemory() => OperatingSystem.IsLinux() ? ProcFiles.Memory(FamilyTree.Living([Id])) : null;

    public async Task StopAsync(StopTimes times)
    {
        await _input.Writer.CompleteAsync();
        if (await ExitedWithinAsync(times.AfterEndOfInput))
            return;
        await _graceful.CancelAsync();
        if (await ExitedWithinAsync(times.AfterTerminate))
            return;
        await _forceful.CancelAsync();
        await Exited;
    }

    public void Dispose()
    {
        StandardInput.Dispose();
        StandardOutput.Dispose();
        StandardError.Dispose();
    }

    private async Task<bool> ExitedWithinAsync(TimeSpan limit)
    {
        try
        {
            await Exited.WaitAsync(limit, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // The token fires when the child has ended, and this function has not returned by then.
    private async Task WriteInputAsync(Stream to, CancellationToken cancellationToken)
    {
        await using var ending = cancellationToken.Register(() => _drained.CancelAfter(DrainAfterExit));
        try
        {
            while (true)
            {
                var read = await _input.Reader.ReadAsync(cancellationToken);
                foreach (var part in read.Buffer)
                    await to.WriteAsync(part, cancellationToken);
                await to.FlushAsync(cancellationToken);
                _input.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            // Its end is what the child waits for; CliWrap would give it only when this function returns.
            await to.DisposeAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            await _input.Reader.CompleteAsync();
        }
    }

    private async Task ReadAsync(Stream from, PipeWriter to)
    {
        try
        {
            await from.CopyToAsync(to, _drained.Token);
        }
        catch (OperationCanceledException) when (_drained.IsCancellationRequested)
        {
            // Some descendant holds the pipe open.
        }
        finally
        {
            await to.CompleteAsync();
        }
    }

    private async Task<ChildExit> ExitAsync(CommandTask<CommandResult> running)
    {
        try
        {
            var result = await running;
            return result.ExitCode is > SignalBase and <= SignalBase + LastSignal && !OperatingSystem.IsWindows()
                ? new ChildExit(null, result.ExitCode - SignalBase)
                : new ChildExit(result.ExitCode, null);
        }
        catch (OperationCanceledException)
        {
            return default; // CliWrap does not say how a child ended that it was told to end
        }
        finally
        {
            await _output.Writer.CompleteAsync();
            await _error.Writer.CompleteAsync();
        }
    }
}
#endif
