namespace McpGateway.Benchmarks.Relay;

/// <summary>What <see cref="RelayBenchmark"/> measures.</summary>
/// <param name="Seconds">The duration of one measurement, in seconds.</param>
/// <param name="Rounds">The number of measurements per endpoint and connection count.</param>
/// <param name="GatewayUrl">An existing MCP endpoint to measure; null: a gateway is started.</param>
internal sealed record RelayOptions(int Seconds, int Rounds, Uri? GatewayUrl);
