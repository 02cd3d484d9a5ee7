using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>A started program. Disposing of it closes the pipes and does not stop it; <see cref="StopAsync"/> does.</summary>
internal interface IChildProcess : IDisposable
{
    int Id { get; }

    Stream StandardInput { get; }

    Stream StandardOutput { get; }

    Stream StandardError { get; }

    /// <summary>Completes when the program has ended, for whatever reason.</summary>
    Task<ChildExit> Exited { get; }

    /// <summary>
    /// Bytes of memory that it and its descendants use, without mapped files; null where the platform cannot tell.
    /// </summary>
    long? ReadMemory();

    /// <summary>
    /// The orderly stop of MCP's stdio transport: close stdin, wait, send SIGTERM, wait, kill. Returns when the program
    /// has ended, and of its descendants what docs/processes.md promises for the platform.
    /// </summary>
    Task StopAsync(StopTimes times);
}
