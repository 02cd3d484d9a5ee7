namespace McpGateway.Benchmarks.Children;

/// <summary>What <see cref="NeighboursBenchmark"/> measures.</summary>
/// <param name="Seconds">The duration of one measurement, in seconds.</param>
/// <param name="Rounds">The number of measurements of each kind.</param>
internal sealed record NeighboursOptions(int Seconds, int Rounds);
