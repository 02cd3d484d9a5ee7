using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>JSON-RPC messages as text, and what tests read out of them.</summary>
internal static class Rpc
{
    public static string Request(string id, string method, string parameters = "{}") =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""";

    /// <param name="id">As JSON.</param>
    /// <param name="tool">A tool of the TestServer.</param>
    /// <param name="arguments">An anonymous object.</param>
    /// <param name="progressToken">As JSON; null for none.</param>
    public static string Call(string id, string tool, object? arguments = null, string? progressToken = null)
    {
        var meta = progressToken is null ? "" : $$""","_meta":{"progressToken":{{progressToken}} }""";
        var parameters = $$"""{"name":"{{tool}}","arguments":{{JsonSerializer.Serialize(arguments ?? new { })}} {{meta}} }""";
        return Request(id, "tools/call", parameters);
    }

    public static string Initialize(string id = "0", string version = "2025-11-25", string capabilities = "{}") =>
        Request(id, "initialize",
            $$"""{"protocolVersion":"{{version}}","capabilities":{{capabilities}},"clientInfo":"""
                + $$"""{"name":"test","version":"1"} }""");

    public static string Notification(string method, string parameters = "{}") =>
        $$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}}}""";

    /// <summary>The answer to a request that came from the other side.</summary>
    public static string Result(JsonElement request, string result) => Result(request.GetProperty("id").GetRawText(), result);

    public static string Result(string id, string result) => $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""";

    /// <summary>A sampling result with this text.</summary>
    public static string Sampled(string text) =>
        $$"""{"role":"assistant","content":{"type":"text","text":"{{text}}"},"model":"test"}""";

    /// <summary>A member, or a failed test that shows the message.</summary>
    public static JsonElement Get(this JsonElement message, string name)
    {
        Assert.True(message.TryGetProperty(name, out var value), $"No {name} in {message.GetRawText()}");
        return value;
    }

    public static bool IsAnswerTo(this JsonElement message, string id) =>
        !message.TryGetProperty("method", out _) && message.TryGetProperty("id", out var own)
        && JsonElement.DeepEquals(own, JsonElement.Parse(id));

    public static string? Method(this JsonElement message) =>
        message.TryGetProperty("method", out var method) ? method.GetString() : null;

    /// <summary>The text of a tool's result.</summary>
    public static string? Text(this JsonElement answer) => answer.Get("result").Get("content")[0].Get("text").GetString();

    /// <summary>The structured content of a tool's result.</summary>
    public static JsonElement Structured(this JsonElement answer) => answer.Get("result").Get("structuredContent");

    /// <summary>The code of an error.</summary>
    public static int Code(this JsonElement answer) => answer.Get("error").Get("code").GetInt32();

    /// <summary>The message of an error.</summary>
    public static string ErrorMessage(this JsonElement answer) => answer.Get("error").Get("message").GetString()!;
}
