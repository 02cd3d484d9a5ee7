namespace McpGateway.Benchmarks.Children;

/// <param name="Sessions">How many are started at once.</param>
/// <param name="Rounds">How often.</param>
internal sealed record StartsOptions(int Sessions, int Rounds);
