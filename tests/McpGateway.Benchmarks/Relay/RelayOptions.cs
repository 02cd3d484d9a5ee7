namespace McpGateway.Benchmarks.Relay;

/// <param name="Seconds">How long one measurement takes.</param>
/// <param name="Rounds">Measurements of each endpoint per connection count.</param>
/// <param name="GatewayUrl">An MCP endpoint that runs already; null: a gateway is started.</param>
internal sealed record RelayOptions(int Seconds, int Rounds, Uri? GatewayUrl);
