namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>What the watch must do with a process tree.</summary>
internal enum TreeTask
{
    None,

    /// <summary>Send SIGTERM, once.</summary>
    Terminate,

    /// <summary>SIGTERM was sent: report when nothing is running any more.</summary>
    ReportEmpty,

    /// <summary>Send SIGKILL until nothing is left.</summary>
    Kill,
}
