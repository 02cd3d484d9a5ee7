using McpGateway.Backends.Stdio.Launching;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A running process that has not received anything yet.</summary>
/// <param name="Process">Nobody reads or writes its pipes.</param>
/// <param name="Slot">Its slot among its server's processes.</param>
internal sealed record WarmChild(IChildProcess Process, ProcessSlot Slot);
