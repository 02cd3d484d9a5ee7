namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>What the watch is to do with a process tree.</summary>
internal enum TreeTask
{
    None,
    Terminate,
    ReportEmpty,
    Kill,
}
