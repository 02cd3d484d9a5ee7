using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <param name="Pid">Of the one that ended.</param>
internal readonly record struct WaitResult(WaitState State, int Pid, ChildExit Exit);
