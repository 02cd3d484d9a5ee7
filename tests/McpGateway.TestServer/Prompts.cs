using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>One prompt, <c>hello</c> {name}: a user message "Say hello to NAME."</summary>
internal static class Prompts
{
    public static void List(Utf8JsonWriter result) =>
        result.WriteRawValue("""{"prompts":[{"name":"hello","arguments":[{"name":"name","required":true}]}]}""");

    public static Action<Utf8JsonWriter> Get(string name, JsonElement? arguments)
    {
        if (name is not "hello") throw new RpcException(RpcException.InvalidParams, $"Unknown prompt: {name}");
        return result =>
        {
            result.WriteStartObject();
            result.WriteStartArray("messages");
            result.WriteStartObject();
            result.WriteString("role", "user");
            result.WriteStartObject("content");
            result.WriteString("type", "text");
            result.WriteString("text", $"Say hello to {arguments?.Get("name")?.GetString()}.");
            result.WriteEndObject();
            result.WriteEndObject();
            result.WriteEndArray();
            result.WriteEndObject();
        };
    }
}
