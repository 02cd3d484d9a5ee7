namespace McpGateway.Access.Keys;

/// <summary>How often an issuer is asked for its keys.</summary>
/// <param name="Lifetime">How old keys may become before they are fetched again.</param>
/// <param name="Interval">The least time between two fetches.</param>
/// <param name="FetchTimeout">How long one fetch may take.</param>
internal sealed record KeyTiming(TimeSpan Lifetime, TimeSpan Interval, TimeSpan FetchTimeout);
