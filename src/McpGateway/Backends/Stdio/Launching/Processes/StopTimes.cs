namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>How long a program may take to end by itself at each step of a stop.</summary>
internal sealed record StopTimes(TimeSpan AfterEndOfInput, TimeSpan AfterTerminate)
{
    public static StopTimes Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

    /// <summary>Kill at once: for a child that is over its memory limit.</summary>
    public static StopTimes None { get; } = new(TimeSpan.Zero, TimeSpan.Zero);
}
