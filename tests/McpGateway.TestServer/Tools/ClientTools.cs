using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Calls that talk back to the client. Each answers with a short text, an error "CODE: message" being marked isError, and
/// structured the client's whole answer <c>{"jsonrpc":"2.0","id":…,"result"|"error":…}</c> as it arrived.
/// <list type="bullet">
/// <item><c>sample</c> {prompt}: sampling/createMessage; the text of the answer.</item>
/// <item><c>elicit</c> {message}: elicitation/create for one string "answer"; the action.</item>
/// <item><c>roots</c>: roots/list; the URIs, joined by commas.</item>
/// <item><c>request</c> {method, params, withProgressTokenOfCall}: any request; the text is "answered". With the last argument
/// true the call's own progress token is put in the request's <c>_meta</c>.</item>
/// <item><c>notify</c> {method, params}: any notification first; the text is "notified", nothing structured.</item>
/// </list>
/// </summary>
internal static class ClientTools
{
    public static readonly Tool[] All =
    [
        new("sample", "Asks the client's model", SampleAsync),
        new("elicit", "Asks the client's user", ElicitAsync),
        new("roots", "Asks for the client's roots", RootsAsync),
        new("request", "Sends any request to the client", RequestAsync),
        new("notify", "Sends any notification to the client", NotifyAsync),
    ];

    private static Task<ToolResult> SampleAsync(Call call, CancellationToken cancellationToken)
    {
        var prompt = call.Text("prompt");
        return AskAsync(call, "sampling/createMessage", parameters =>
        {
            parameters.WriteStartObject();
            parameters.WriteStartArray("messages");
            parameters.WriteStartObject();
            parameters.WriteString("role", "user");
            parameters.WriteStartObject("content");
            parameters.WriteString("type", "text");
            parameters.WriteString("text", prompt);
            parameters.WriteEndObject();
            parameters.WriteEndObject();
            parameters.WriteEndArray();
            parameters.WriteNumber("maxTokens", 100);
            parameters.WriteEndObject();
        }, result => result.Get("content")?.Get("text")?.GetString(), cancellationToken);
    }

    private static Task<ToolResult> ElicitAsync(Call call, CancellationToken cancellationToken)
    {
        var message = call.Text("message");
        return AskAsync(call, "elicitation/create", parameters =>
        {
            parameters.WriteStartObject();
            parameters.WriteString("message", message);
            parameters.WritePropertyName("requestedSchema");
            parameters.WriteRawValue("""{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"]}""");
            parameters.WriteEndObject();
        }, result => result.Get("action")?.GetString(), cancellationToken);
    }

    private static Task<ToolResult> RootsAsync(Call call, CancellationToken cancellationToken) =>
        AskAsync(call, "roots/list", null, Uris, cancellationToken);

    private static Task<ToolResult> RequestAsync(Call call, CancellationToken cancellationToken)
    {
        var token = call.Argument("withProgressTokenOfCall") is { ValueKind: JsonValueKind.True } ? call.ProgressToken : null;
        Action<Utf8JsonWriter>? parameters = call.Argument("params") is null && token is null
            ? null
            : writer => WriteParams(writer, call.Argument("params"), token);
        return AskAsync(call, call.Text("method"), parameters, _ => "answered", cancellationToken);
    }

    private static async Task<ToolResult> NotifyAsync(Call call, CancellationToken cancellationToken)
    {
        Action<Utf8JsonWriter> parameters = writer => WriteParams(writer, call.Argument("params"), null);
        await call.Peer.Outbox.NotifyAsync(call.Text("method"), parameters, cancellationToken);
        return new("notified");
    }

    private static async Task<ToolResult> AskAsync(
        Call call, string method, Action<Utf8JsonWriter>? parameters, Func<JsonElement, string?> text,
        CancellationToken cancellationToken)
    {
        var answer = await call.Peer.Requests.SendAsync(method, parameters, cancellationToken);
        var error = answer.Get("error");
        var shown = error is null ? text(answer.Get("result") ?? default) : $"{error?.Get("code")}: {error?.Get("message")}";
        return new(shown ?? "", structured => structured.WriteRaw(answer), IsError: error is not null);
    }

    private static string Uris(JsonElement result) =>
        result.Get("roots") is { } roots ? string.Join(',', roots.EnumerateArray().Select(r => r.Get("uri")?.GetString())) : "";

    private static void WriteParams(Utf8JsonWriter writer, JsonElement? members, JsonElement? progressToken)
    {
        writer.WriteStartObject();
        if (members is { } given)
            foreach (var member in given.EnumerateObject()) writer.WriteRaw(member.Name, member.Value);
        if (progressToken is { } token)
        {
            writer.WriteStartObject("_meta");
            writer.WriteRaw("progressToken", token);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
