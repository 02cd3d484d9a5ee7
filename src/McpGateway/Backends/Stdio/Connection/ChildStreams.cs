using McpGateway.Backends.Stdio.Framing;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>Writes a child's stdin, and reads its stdout and stderr, from its start until it has ended or is killed.</summary>
internal sealed partial class ChildStreams(
    IChildProcess process, MessageQueue input, ChildOutputReader output, ChildErrorOutput errorOutput, string server,
    TimeProvider time, ILogger log)
{
    // After a child has exited, its last answers may still be in the pipe. But a process that it started may keep the pipe open
    // for ever, so the end of the pipe is not awaited for longer than this.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private Task _writing = Task.CompletedTask;

    /// <summary>Runs until the child has ended and its last output is read, or it closes its stdout, or it is killed.</summary>
    /// <param name="killed">Completes when its output does not matter any more.</param>
    public async Task RunAsync(Task killed)
    {
        var readingErrors = GuardAsync(errorOutput.RunAsync(process));
        _writing = GuardAsync(WriteAsync());
        var reading = GuardAsync(output.RunAsync(process.StandardOutput));
        // Stderr is awaited too, because its last lines become part of the error. Of a killed child nothing is awaited.
        if (await Task.WhenAny(reading, process.Exited, killed) != killed)
            await DrainAsync(Task.WhenAll(reading, readingErrors, process.Exited));
    }

    /// <summary>Waits for the end of the writing. Only after the queue was closed.</summary>
    public Task FinishWritingAsync() => DrainAsync(_writing);

    private async Task WriteAsync()
    {
        try
        {
            await MessageWriter.RunAsync(input, process.StandardInput);
        }
        finally
        {
            input.Close(discard: true); // nobody writes any more: a sender that waits for room would wait for ever
        }
    }

    // When a child dies, its pipes break. Its exit says why, so that is no error here. Any other exception is a defect: it ends
    // the child too, and must be seen.
    private async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Log.PipeClosed(log, server, process.Id, exception.Message);
        }
        catch (Exception exception)
        {
            Log.Broken(log, exception, server, process.Id);
        }
    }

    private async Task DrainAsync(Task everything)
    {
        try
        {
            await everything.WaitAsync(DrainTimeout, time);
        }
        catch (TimeoutException)
        {
            Log.PipeHeldOpen(log, server, process.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5, LogLevel.Debug, "{Server}[{Pid}] a pipe was closed: {Reason}", EventName = "ChildPipeClosed")]
        public static partial void PipeClosed(ILogger log, string server, int pid, string reason);

        [LoggerMessage(6, LogLevel.Error, "{Server}[{Pid}] its connection broke", EventName = "ChildConnectionBroken")]
        public static partial void Broken(ILogger log, Exception exception, string server, int pid);

        [LoggerMessage(7, LogLevel.Warning, "{Server}[{Pid}] has not ended, or another process keeps one of its pipes open",
            EventName = "ChildPipeHeldOpen")]
        public static partial void PipeHeldOpen(ILogger log, string server, int pid);
    }
}
