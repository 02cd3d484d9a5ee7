namespace McpGateway.Benchmarks.Front;

/// <summary>What <see cref="FrontBenchmark"/> measures.</summary>
/// <param name="Seconds">The duration of one measurement, in seconds.</param>
/// <param name="Rounds">The number of measurements of each kind per connection count.</param>
internal sealed record FrontOptions(int Seconds, int Rounds);
