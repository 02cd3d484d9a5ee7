namespace McpGateway.Benchmarks.Children;

/// <summary>What <see cref="StartsBenchmark"/> measures.</summary>
/// <param name="Sessions">The number of sessions to start at once.</param>
/// <param name="Rounds">The number of measurements.</param>
internal sealed record StartsOptions(int Sessions, int Rounds);
