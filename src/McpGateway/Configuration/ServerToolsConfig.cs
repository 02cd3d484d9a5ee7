namespace McpGateway.Configuration;

/// <summary>
/// The key <c>tools</c> of a server: what of it may be used. Patterns are for the names of tools and prompts and the URIs of
/// resources; <c>*</c> in them stands for any text.
/// </summary>
internal sealed record ServerToolsConfig
{
    /// <summary>What may be used, case-sensitive; null: all.</summary>
    public EquatableList<string>? Allow { get; init; }

    /// <summary>What may not be used, in any case; it wins over <see cref="Allow"/>.</summary>
    public EquatableList<string> Deny { get; init; } = EquatableList<string>.Empty;

    /// <summary>What a caller must have been granted for what matches a pattern, in any case; all patterns that match count.</summary>
    public EquatableMap<EquatableList<string>> Scopes { get; init; } = EquatableMap<EquatableList<string>>.Empty;

    /// <summary>Whether it says anything at all.</summary>
    public bool HasRules => Allow is not null || Deny.Count > 0 || Scopes.Count > 0;
}
