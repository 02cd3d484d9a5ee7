namespace McpGateway.Access.Keys;

/// <summary>When the keys of an issuer are fetched.</summary>
/// <param name="Lifetime">The age at which keys are fetched again.</param>
/// <param name="Interval">The minimum time between two fetches.</param>
/// <param name="FetchTimeout">How long a fetch may take.</param>
internal sealed record KeyTiming(TimeSpan Lifetime, TimeSpan Interval, TimeSpan FetchTimeout);
