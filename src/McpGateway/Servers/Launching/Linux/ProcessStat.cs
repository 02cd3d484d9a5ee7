namespace McpGateway.Servers.Launching.Linux;

/// <summary>From /proc/PID/stat.</summary>
internal readonly record struct ProcessStat(ProcessKey Key, char State, int Parent, int Group, int Session, int Threads)
{
    public int Pid => Key.Pid;

    /// <summary>Dead, and perhaps not yet reaped. When only its main thread has ended the state is 'Z', too.</summary>
    public bool HasEnded => State is 'Z' or 'X' && Threads <= 1;
}
