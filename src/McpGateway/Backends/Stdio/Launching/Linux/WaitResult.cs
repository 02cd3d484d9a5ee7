using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <param name="Pid">The id of the child that has ended.</param>
internal readonly record struct WaitResult(WaitState State, int Pid, ChildExit Exit);
