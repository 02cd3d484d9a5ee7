using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A stdio server as it runs: how many processes it has, and when the next one may be started.</summary>
internal sealed class StdioServerState(ServerConfig config, TimeProvider? time = null) : ServerState(config)
{
    private int _processes;

    /// <summary>
    /// When a child may be started again after failed starts. All children of the server share it, because a program that
    /// cannot start for one session cannot start for another.
    /// </summary>
    public Backoff StartBackoff { get; } = new(time ?? TimeProvider.System);

    /// <summary>Process slots in use: children that run, are being started or stopped, or are about to be started.</summary>
    public int Processes => Volatile.Read(ref _processes);

    /// <summary>Reserves a free slot.</summary>
    /// <returns>Null at <see cref="ServerConfig.MaxProcesses"/>.</returns>
    public ProcessSlot? TryReserveSlot()
    {
        // Counted first and checked then. The other way round, two threads could both take the last slot.
        if (Interlocked.Increment(ref _processes) <= Config.MaxProcesses)
            return new ProcessSlot(this, Task.CompletedTask);
        ReleaseSlot();
        return null;
    }

    /// <summary>Reserves the slot of a process that is about to end. Until it has, one slot too many is in use.</summary>
    /// <param name="vacated">Completes when that process is gone.</param>
    public ProcessSlot TakeOverSlot(Task vacated)
    {
        Interlocked.Increment(ref _processes);
        return new ProcessSlot(this, vacated);
    }

    /// <summary>For <see cref="ProcessSlot"/> alone, which calls it once.</summary>
    public void ReleaseSlot() => Interlocked.Decrement(ref _processes);
}
