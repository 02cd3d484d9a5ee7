namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>A program could not be started. The message names the program, and never its environment.</summary>
internal sealed class ChildLaunchException(string message, Exception? inner = null) : Exception(message, inner);
