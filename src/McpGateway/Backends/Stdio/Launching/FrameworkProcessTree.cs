using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>The process tree on macOS and Windows, as the framework finds it: only what still has its parent.</summary>
internal sealed class FrameworkProcessTree(CliWrapProcess root) : IProcessTree
{
    public long? ReadMemory() => null; // the framework knows it only of the child itself, not of its descendants

    public Task TerminateAsync()
    {
        // Windows has no such signal: there, KillAsync is the next step.
        if (!OperatingSystem.IsWindows() && !root.Exited.IsCompleted)
            _ = Libc.Kill(root.Id, Libc.SignalTerminate);
        return root.Exited;
    }

    public async Task<IReadOnlyList<int>> KillAsync()
    {
        root.KillWithDescendants();
        await root.Exited;
        return [];
    }

    public void Abandon()
    {
        // Nothing watches the tree here.
    }
}
