using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>A child that CliWrap has started, and its process tree.</summary>
internal sealed partial class CliWrapChild(CliWrapProcess process, IProcessTree tree, TimeProvider time, ILogger log)
    : IChildProcess
{
    private readonly Lock _stopLock = new();
    private Task? _stopping;

    public int Id => process.Id;

    public Stream StandardInput => process.StandardInput;

    public Stream StandardOutput => process.StandardOutput;

    public Stream StandardError => process.StandardError;

    public Task<ChildExit> Exited => process.Exited;

    public long? ReadMemory() => tree.ReadMemory();

    public Task StopAsync(StopTimes times)
    {
        lock (_stopLock)
            return _stopping ??= StopOnceAsync(times);
    }

    public void Dispose()
    {
        process.Dispose();
        lock (_stopLock)
        {
            // Nobody can stop it any more.
            if (_stopping is null)
                tree.Abandon();
        }
    }

    // The child may have ended while descendants still work. They get the same time as the child would.
    private async Task StopOnceAsync(StopTimes times)
    {
        process.CloseInput();
        await WithinAsync(Exited, times.AfterEndOfInput);
        await WithinAsync(tree.TerminateAsync(), times.AfterTerminate);
        var survivors = await tree.KillAsync();
        if (survivors.Count > 0)
            LogSurvivors(log, Id, string.Join(", ", survivors));
    }

    private async Task WithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // The next step is harsher.
        }
    }

    [LoggerMessage(
        1, LogLevel.Error, "These processes of child {Pid} could not be killed: {Survivors}", EventName = "Survivors")]
    private static partial void LogSurvivors(ILogger log, int pid, string survivors);
}
