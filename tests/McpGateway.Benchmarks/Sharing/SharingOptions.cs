namespace McpGateway.Benchmarks.Sharing;

/// <param name="Seconds">How long one measurement takes.</param>
/// <param name="Rounds">Measurements of each kind per connection count.</param>
/// <param name="Sessions">How many take turns, beside the one that is alone.</param>
internal sealed record SharingOptions(int Seconds, int Rounds, int Sessions);
