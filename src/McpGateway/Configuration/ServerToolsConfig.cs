namespace McpGateway.Configuration;

/// <summary>
/// The key <c>tools</c> of a server: what may be used of it. Patterns match names of tools and prompts and URIs of resources;
/// <c>*</c> matches any text.
/// </summary>
internal sealed record ServerToolsConfig
{
    /// <summary>What may be used, case-sensitive; null: everything.</summary>
    public EquatableList<string>? Allow { get; init; }

    /// <summary>What may not be used, case-insensitive. It wins over <see cref="Allow"/>.</summary>
    public EquatableList<string> Deny { get; init; } = EquatableList<string>.Empty;

    /// <summary>
    /// By pattern, case-insensitive, the scopes that a caller needs for what matches. If several patterns match, all their scopes
    /// are needed.
    /// </summary>
    public EquatableMap<EquatableList<string>> Scopes { get; init; } = EquatableMap<EquatableList<string>>.Empty;

    /// <summary>Whether there is any rule.</summary>
    public bool HasRules => Allow is not null || Deny.Count > 0 || Scopes.Count > 0;
}
