namespace McpGateway.Backends.Stdio.Launching.Linux;

internal enum WaitState
{
    Running,
    Ended,

    /// <summary>There is no such child, or somebody else has reaped it.</summary>
    NoChild,
}
