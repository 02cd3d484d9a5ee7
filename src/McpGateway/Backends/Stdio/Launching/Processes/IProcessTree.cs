namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>A child and its descendants, as far as the platform can find them.</summary>
internal interface IProcessTree
{
    /// <inheritdoc cref="IChildProcess.ReadMemory"/>
    long? ReadMemory();

    /// <summary>Sends SIGTERM to all of it, where there are signals. Completes when nothing of it is running.</summary>
    Task TerminateAsync();

    /// <summary>Kills what is left of it.</summary>
    /// <returns>The ids of processes that could not be killed in a bounded time; usually none.</returns>
    Task<IReadOnlyList<int>> KillAsync();

    /// <summary>Nobody will stop it. When the child has ended by itself, what is left of its tree is killed.</summary>
    void Abandon();
}
