using System.Runtime.InteropServices;
using System.Text.Json;

namespace McpGateway.TestServer.Wire;

/// <summary>Reads and writes JSON without changing its text.</summary>
internal static class RawJson
{
    /// <summary>Writes the value exactly as it arrived, so that a test sees what the gateway changed.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteRaw(value);
    }

    // The value was parsed before, so it need not be validated again.
    public static void WriteRaw(this Utf8JsonWriter writer, JsonElement value) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    public static JsonElement? Get(this JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Writes <c>"_meta":{…}</c> with the given values; nothing if there are none.</summary>
    public static void WriteMeta(this Utf8JsonWriter writer, JsonElement? progressToken, string? relatedTask)
    {
        if (progressToken is null && relatedTask is null) return;
        writer.WriteStartObject("_meta");
        if (progressToken is { } token) writer.WriteRaw("progressToken", token);
        if (relatedTask is not null)
        {
            writer.WriteStartObject("io.modelcontextprotocol/related-task");
            writer.WriteString("taskId", relatedTask);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    public static void WriteStrings(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
