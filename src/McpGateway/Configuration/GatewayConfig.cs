namespace McpGateway.Configuration;

/// <summary>One validated, expanded snapshot of gateway.json. Immutable; a reload makes another.</summary>
internal sealed record GatewayConfig
{
    public static GatewayConfig Empty { get; } = new();

    /// <summary>The server that is also served at /sse, /message and /mcp; null when none is named.</summary>
    public string? Default { get; init; }

    /// <summary>The enabled servers by name.</summary>
    public EquatableMap<ServerConfig> Servers { get; init; } = EquatableMap<ServerConfig>.Empty;
}
