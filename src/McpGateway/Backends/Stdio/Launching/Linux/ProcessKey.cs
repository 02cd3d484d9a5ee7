namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>A process, told from any other that has its id before or after it.</summary>
/// <param name="Start">The time of its start, in ticks since the system's.</param>
internal readonly record struct ProcessKey(int Pid, ulong Start);
