namespace McpGateway.Configuration;

/// <summary>The key <c>auth</c> of a server.</summary>
internal sealed record ServerAuthConfig
{
    /// <summary>Scopes that a caller must have, all of them. Empty: every authenticated caller may use the server.</summary>
    public EquatableList<string> Scopes { get; init; } = EquatableList<string>.Empty;

    /// <summary>By claim name, the accepted values. A caller must have one of them for each claim.</summary>
    public EquatableMap<EquatableList<string>> Claims { get; init; } = EquatableMap<EquatableList<string>>.Empty;
}
