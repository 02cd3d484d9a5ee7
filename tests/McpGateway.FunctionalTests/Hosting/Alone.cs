namespace McpGateway.FunctionalTests.Hosting;

/// <summary>For tests that would take the whole machine from others which run at the same time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
