namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// One of the processes that a server may have (<c>maxProcesses</c>): reserved before the process starts, disposed of when it
/// is gone.
/// </summary>
/// <param name="server">The server that has the slot.</param>
/// <param name="vacated">Completes when the process that had the slot before is gone.</param>
internal sealed class ProcessSlot(StdioServerState server, Task vacated) : IDisposable
{
    private int _disposed;

    public StdioServerState Server { get; } = server;

    public Task Vacated { get; } = vacated;

    public void Dispose()
    {
        // Once, however often it is disposed of: ChildRun.StopAsync may run several times.
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Server.ReleaseSlot();
    }
}
