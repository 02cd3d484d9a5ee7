namespace McpGateway.Policies;

/// <summary>A call has taken too long.</summary>
/// <param name="Setting">The key of gateway.json that says how long.</param>
/// <param name="Reason">For people.</param>
internal readonly record struct CallTimeout(string Setting, string Reason);
