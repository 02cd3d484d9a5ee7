using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

internal static class Handshake
{
    private static readonly string[] Revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    /// <summary>The revision that was asked for if it is known, else the newest.</summary>
    public static Action<Utf8JsonWriter> Answer(JsonElement parameters) => result =>
    {
        var wanted = parameters.Get("protocolVersion")?.GetString();
        result.WriteStartObject();
        result.WriteString("protocolVersion", Revisions.Contains(wanted) ? wanted : Revisions[^1]);
        result.WritePropertyName("capabilities");
        result.WriteRawValue(
            """{"tools":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"prompts":{},"logging":{}}""");
        result.WriteStartObject("serverInfo");
        result.WriteString("name", "mcpgateway-test-server");
        result.WriteString("version", "1.0.0");
        result.WriteEndObject();
        result.WriteEndObject();
    };
}
