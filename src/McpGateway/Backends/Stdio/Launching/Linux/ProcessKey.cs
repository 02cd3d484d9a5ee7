namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Identifies a process. The start time distinguishes it from others that have the same id before or after it.</summary>
/// <param name="Start">The time of its start, in clock ticks since the system was started.</param>
internal readonly record struct ProcessKey(int Pid, ulong Start);
