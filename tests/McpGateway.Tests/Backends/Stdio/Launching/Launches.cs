namespace McpGateway.Tests.Backends.Stdio.Launching;

/// <summary>
/// Tests that start processes, one at a time. A tag is a limit of this process while a child is started: a process that another
/// test starts meanwhile, and not through the launcher, would get it too, and end with that child.
/// </summary>
[CollectionDefinition(nameof(Launches))]
public sealed class Launches;
