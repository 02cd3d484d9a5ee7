using System.ComponentModel;
using System.Text.Json.Serialization;

namespace McpGateway.Configuration.Model;

/// <summary>The keys of gateway.json. The reader and the JSON schema are both derived from these types.</summary>
[Description("MCP servers that the gateway serves over HTTP. Comments and trailing commas are accepted.")]
internal sealed class GatewayFile : FileObject
{
    [JsonPropertyName("$schema")]
    [Description("The location of this schema, for editors.")]
    public string? Schema { get; init; }

    [Description("The name of the server that is also served at /sse, /message and /mcp.")]
    public string? Default { get; init; }

    [FileKey(Aliases = ["servers"])]
    [Description("The servers by name. The name is the first segment of the server's URLs.")]
    public IReadOnlyDictionary<string, ServerEntry>? McpServers { get; init; }
}
