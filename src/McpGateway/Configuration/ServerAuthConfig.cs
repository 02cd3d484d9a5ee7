namespace McpGateway.Configuration;

/// <summary>The key <c>auth</c> of a server.</summary>
public sealed record ServerAuthConfig
{
    /// <summary>What a caller must have been granted, all of it. Empty: whoever is authenticated may use the server.</summary>
    public EquatableList<string> Scopes { get; init; } = EquatableList<string>.Empty;

    /// <summary>By the claim's name, the values of which a caller must have at least one. All claims count.</summary>
    public EquatableMap<EquatableList<string>> Claims { get; init; } = EquatableMap<EquatableList<string>>.Empty;
}
