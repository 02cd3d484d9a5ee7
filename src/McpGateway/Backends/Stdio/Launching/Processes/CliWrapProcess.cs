using System.ComponentModel;
using System.Diagnostics;
using CliWrap;

namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>
/// A program that CliWrap runs. CliWrap passes each raw pipe to a function, and closes it when that function returns. The
/// functions here publish the streams and return on <see cref="Dispose"/>, so that no byte is copied.
/// </summary>
internal sealed class CliWrapProcess : IDisposable
{
    private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    private CliWrapProcess(LaunchSpec spec)
    {
        var command = new Command(spec.Wrapper ?? spec.FileName)
            .WithWorkingDirectory(spec.WorkingDirectory ?? Environment.CurrentDirectory)
            .WithStandardInputPipe(PipeSource.Create(HoldInputAsync))
            .WithStandardOutputPipe(PipeTarget.Create(HoldOutputAsync))
            .WithStandardErrorPipe(PipeTarget.Create(HoldErrorAsync))
            .WithValidation(CommandResultValidation.None);
        // When this returns, the pipe functions have run up to their first await, and so have set the streams. Its task is not
        // awaited, because Exited says how the program ended. CliWrap's own cancellation is not used: it sends SIGINT.
        Id = command.ExecuteAsync(start => Configure(start, spec), process => _process = process).ProcessId;
    }

    public int Id { get; }

    public Stream StandardInput { get; private set; } = Stream.Null;

    public Stream StandardOutput { get; private set; } = Stream.Null;

    public Stream StandardError { get; private set; } = Stream.Null;

    /// <summary>Completes when the program has ended and the framework has reaped it.</summary>
    public Task<ChildExit> Exited => _exited.Task;

    /// <exception cref="ChildLaunchException">It could not be started.</exception>
    public static CliWrapProcess Start(LaunchSpec spec)
    {
        try
        {
            return new CliWrapProcess(spec);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            // CliWrap's own message only guesses the reason. The inner exception has the system's error.
            var reason = exception.InnerException is Win32Exception inner
                ? new Win32Exception(inner.NativeErrorCode).Message
                : exception.Message;
            throw new ChildLaunchException($"'{spec.FileName}' cannot be started: {reason}", exception);
        }
    }

    public void CloseInput()
    {
        try
        {
            StandardInput.Dispose();
        }
        catch (IOException)
        {
            // The child has closed its end first, so it needs no sign to exit.
        }
    }

    /// <summary>Kills it, and those of its descendants that still have their parents. Not used on Linux.</summary>
    public void KillWithDescendants()
    {
        if (!Exited.IsCompleted)
            _process!.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        CloseInput();
        StandardOutput.Dispose();
        StandardError.Dispose();
        _disposed.TrySetResult();
    }

    // Set here and not on the command: CliWrap would add the variables to those of this process, and join the arguments to one
    // string that the framework splits again.
    private static void Configure(ProcessStartInfo start, LaunchSpec spec)
    {
        if (spec.Wrapper is not null)
            start.ArgumentList.Add(spec.FileName);
        foreach (var argument in spec.Arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;
    }

    // CliWrap cancels the token when the program has ended. It reports the exit code only after all three functions have
    // returned. That is too late, because they return when the last output has been read.
    private async Task HoldInputAsync(Stream input, CancellationToken ended)
    {
        StandardInput = input;
        await using var registration = ended.Register(
            () => _exited.TrySetResult(ChildExit.FromShellCode(_process!.ExitCode)));
        await _exited.Task;
    }

    private Task HoldOutputAsync(Stream output, CancellationToken cancellationToken)
    {
        StandardOutput = output;
        return _disposed.Task;
    }

    private Task HoldErrorAsync(Stream error, CancellationToken cancellationToken)
    {
        StandardError = error;
        return _disposed.Task;
    }
}
