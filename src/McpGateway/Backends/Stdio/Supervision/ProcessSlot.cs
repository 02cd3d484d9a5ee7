namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A place among a server's processes.</summary>
/// <param name="Vacated">Completes when the process that had it before is gone.</param>
internal sealed record ProcessSlot(Task Vacated);
