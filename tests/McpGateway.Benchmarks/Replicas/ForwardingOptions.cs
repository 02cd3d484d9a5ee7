namespace McpGateway.Benchmarks.Replicas;

/// <summary>What <see cref="ForwardingBenchmark"/> measures.</summary>
/// <param name="Seconds">The duration of one measurement, in seconds.</param>
/// <param name="Rounds">The number of measurements of each kind per connection count.</param>
internal sealed record ForwardingOptions(int Seconds, int Rounds);
