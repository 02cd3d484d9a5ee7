namespace McpGateway.Benchmarks.Front;

/// <param name="Seconds">How long one measurement takes.</param>
/// <param name="Rounds">Measurements of each kind per connection count.</param>
internal sealed record FrontOptions(int Seconds, int Rounds);
