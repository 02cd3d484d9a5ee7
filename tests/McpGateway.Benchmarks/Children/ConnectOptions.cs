namespace McpGateway.Benchmarks.Children;

/// <summary>What <see cref="ConnectBenchmark"/> measures.</summary>
/// <param name="Server">The command line of a stdio server.</param>
/// <param name="Rounds">The number of sessions of each kind.</param>
internal sealed record ConnectOptions(string[] Server, int Rounds);
