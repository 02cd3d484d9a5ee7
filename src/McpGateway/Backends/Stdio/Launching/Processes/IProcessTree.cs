namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>A child and the processes that it has started, as far as the platform can find them.</summary>
internal interface IProcessTree
{
    /// <inheritdoc cref="IChildProcess.ReadMemory"/>
    long? ReadMemory();

    /// <summary>Asks all of it to end, with SIGTERM where there are signals; completes when nothing of it runs.</summary>
    Task TerminateAsync();

    /// <summary>Kills what is left of it.</summary>
    /// <returns>The ids of what could not be killed in a bounded time; usually none.</returns>
    Task<IReadOnlyList<int>> KillAsync();

    /// <summary>Nobody will stop it: what is left of it is killed when the child has ended by itself.</summary>
    void Abandon();
}
