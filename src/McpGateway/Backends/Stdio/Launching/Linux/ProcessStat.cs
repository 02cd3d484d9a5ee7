namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>What /proc/PID/stat says about a process.</summary>
internal readonly record struct ProcessStat(ProcessKey Key, char State, int Parent, int Group, int Session, int Threads)
{
    public int Pid => Key.Pid;

    /// <summary>
    /// Whether it has ended, reaped or not. If only its main thread has ended, its state is 'Z' too, but other threads are left.
    /// </summary>
    public bool HasEnded => State is 'Z' or 'X' && Threads <= 1;
}
