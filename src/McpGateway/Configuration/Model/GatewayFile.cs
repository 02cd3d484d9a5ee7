using System.ComponentModel;
using System.Text.Json.Serialization;

namespace McpGateway.Configuration.Model;

/// <summary>What gateway.json may hold. Its known keys, its reading and its JSON schema all come from here.</summary>
[Description("MCP servers that the gateway serves over HTTP. Comments and trailing commas are accepted.")]
internal sealed class GatewayFile : FileObject
{
    [JsonPropertyName("$schema")]
    [Description("Where editors find this schema.")]
    public string? Schema { get; init; }

    [Description("Name of the server that is also served at /sse, /message and /mcp.")]
    public string? Default { get; init; }

    [FileKey(Aliases = ["servers"])]
    [Description("The servers by name. A name is the first segment of the server's URLs.")]
    public IReadOnlyDictionary<string, ServerEntry>? McpServers { get; init; }
}
