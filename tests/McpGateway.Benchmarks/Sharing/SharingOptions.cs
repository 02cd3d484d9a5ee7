namespace McpGateway.Benchmarks.Sharing;

/// <summary>What <see cref="SharingBenchmark"/> measures.</summary>
/// <param name="Seconds">The duration of one measurement, in seconds.</param>
/// <param name="Rounds">The number of measurements of each kind per connection count.</param>
/// <param name="Sessions">The number of sessions to compare with a single one.</param>
internal sealed record SharingOptions(int Seconds, int Rounds, int Sessions);
