namespace McpGateway.Configuration;

/// <summary>A validated snapshot of gateway.json with all variables expanded. Immutable: a reload creates a new one.</summary>
internal sealed record GatewayConfig
{
    public static GatewayConfig Empty { get; } = new();

    /// <summary>The server that is also served at /sse, /message and /mcp; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>The enabled servers by name.</summary>
    public EquatableMap<ServerConfig> Servers { get; init; } = EquatableMap<ServerConfig>.Empty;
}
