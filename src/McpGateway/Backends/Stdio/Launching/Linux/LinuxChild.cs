using System.Runtime.Versioning;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>A child and its family, with the pipes to it.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class LinuxChild : IChildProcess
{
    private readonly Family _family;
    private readonly ChildPipes _pipes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _stopLock = new();
    private Task? _stopping;

    public LinuxChild(Family family, ChildPipes pipes, TimeProvider time, ILogger log)
    {
        _family = family;
        _pipes = pipes;
        _time = time;
        _log = log;
    }

    public int Id => _family.Leader;

    public Stream StandardInput => _pipes.Input;

    public Stream StandardOutput => _pipes.Output;

    public Stream StandardError => _pipes.Error;

    public Task<ChildExit> Exited => _family.LeaderExit;

    public long? ReadMemory() => ProcFiles.Memory(FamilyTree.Living(_family.Roots()));

    public Task StopAsync(StopTimes times)
    {
        lock (_stopLock)
            return _stopping ??= StopOnceAsync(times);
    }

    public void Dispose()
    {
        _pipes.Dispose();
        lock (_stopLock)
        {
            if (_stopping is null)
                FamilyWatch.Shared.Abandon(_family);
        }
    }

    // When the child has ended, its descendants may still be at work: they are asked in the same way.
    private async Task StopOnceAsync(StopTimes times)
    {
        _pipes.CloseInput();
        await WithinAsync(Exited, times.AfterEndOfInput);
        await WithinAsync(FamilyWatch.Shared.AskAsync(_family), times.AfterTerminate);
        var survivors = await FamilyWatch.Shared.EndAsync(_family);
        if (survivors.Count > 0)
            LogSurvivors(_log, Id, string.Join(", ", survivors));
    }

    private async Task WithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, _time);
        }
        catch (TimeoutException)
        {
            // The next step is a harder one.
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Of child {Pid} these processes could not be killed: {Survivors}", EventName = "Survivors")]
    private static partial void LogSurvivors(ILogger log, int pid, string survivors);
}
