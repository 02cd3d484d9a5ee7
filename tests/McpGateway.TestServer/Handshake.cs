using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>The response to <c>initialize</c>.</summary>
internal static class Handshake
{
    private static readonly (string Name, string Value)[] Capabilities =
    [
        ("tools", """{"listChanged":true}"""),
        ("resources", """{"subscribe":true,"listChanged":true}"""),
        ("prompts", "{}"),
        ("logging", "{}"),
    ];

    private static readonly string[] Revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    /// <summary>
    /// The revision of the command line, otherwise the one that the client requests if it is known, otherwise the newest.
    /// </summary>
    public static Action<Utf8JsonWriter> Answer(JsonElement parameters, Flags flags) => result =>
    {
        var wanted = parameters.Get("protocolVersion")?.GetString();
        result.WriteStartObject();
        result.WriteString("protocolVersion", flags.Revision ?? (Revisions.Contains(wanted) ? wanted : Revisions[^1]));
        result.WriteStartObject("capabilities");
        foreach (var (name, value) in Capabilities) Declare(result, name, value);
        if (flags.Tasks) Declare(result, "tasks", """{"list":{},"cancel":{},"requests":{"tools":{"call":{}}}}""");
        result.WriteEndObject();
        result.WriteStartObject("serverInfo");
        result.WriteString("name", "mcpgateway-test-server");
        result.WriteString("version", "1.0.0");
        result.WriteEndObject();
        result.WriteEndObject();
    };

    private static void Declare(Utf8JsonWriter capabilities, string name, string value)
    {
        capabilities.WritePropertyName(name);
        capabilities.WriteRawValue(value);
    }
}
