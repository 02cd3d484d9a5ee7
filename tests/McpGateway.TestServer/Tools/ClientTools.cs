using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Tools that send messages to the client. Each returns a short text and, structured, the client's whole response
/// <c>{"jsonrpc":"2.0","id":…,"result"|"error":…}</c> as it arrived. An error becomes the text "CODE: message" with isError.
/// <list type="bullet">
/// <item><c>sample</c> {prompt, progressToken}: sends sampling/createMessage, with that token if any; returns the text of the
/// response.</item>
/// <item><c>elicit</c> {message, url, elicitationId}: sends elicitation/create for one string "answer", or in URL mode; returns
/// the action.</item>
/// <item><c>roots</c>: sends roots/list; returns the URIs, joined by commas.</item>
/// <item><c>request</c> {method, params, withProgressTokenOfCall, afterwards}: sends any request; returns "answered". If
/// withProgressTokenOfCall is true, the request's <c>_meta</c> contains the progress token of the call. If afterwards is true, it
/// returns "asking" first, then sends the request, and after the response notifications/tools/list_changed.</item>
/// <item><c>notify</c> {method, params}: sends any notification, then returns "notified" and nothing structured.</item>
/// </list>
/// Messages from a task contain the id of the task in their <c>_meta</c>.
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
        var question = new ClientMessage("sampling/createMessage", call.Argument("progressToken"), parameters =>
        {
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
        });
        return AskAsync(call, question, result => result.Get("content")?.Get("text")?.GetString(), cancellationToken);
    }

    private static Task<ToolResult> ElicitAsync(Call call, CancellationToken cancellationToken)
    {
        var message = call.Text("message");
        var question = new ClientMessage("elicitation/create", null, parameters =>
        {
            parameters.WriteString("message", message);
            if (call.Argument("url")?.GetString() is { } url)
            {
                parameters.WriteString("mode", "url");
                parameters.WriteString("url", url);
                parameters.WriteString("elicitationId", call.Text("elicitationId"));
                return;
            }
            parameters.WritePropertyName("requestedSchema");
            parameters.WriteRawValue("""{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"]}""");
        });
        return AskAsync(call, question, result => result.Get("action")?.GetString(), cancellationToken);
    }

    private static Task<ToolResult> RootsAsync(Call call, CancellationToken cancellationToken) =>
        AskAsync(call, new ClientMessage("roots/list", null, null), Uris, cancellationToken);

    private static async Task<ToolResult> RequestAsync(Call call, CancellationToken cancellationToken)
    {
        var token = call.IsSet("withProgressTokenOfCall") ? call.ProgressToken : null;
        var question = new ClientMessage(call.Text("method"), token, Members(call));
        if (!call.IsSet("afterwards")) return await AskAsync(call, question, _ => "answered", cancellationToken);
        return new("asking")
        {
            Afterwards = async stop =>
            {
                await question.SendAsync(call, stop);
                await call.Peer.Outbox.NotifyAsync("notifications/tools/list_changed", ClientMessage.WriteEmpty, stop);
            },
        };
    }

    private static async Task<ToolResult> NotifyAsync(Call call, CancellationToken cancellationToken)
    {
        var notification = new ClientMessage(call.Text("method"), null, Members(call) ?? (_ => { }));
        await call.Peer.Outbox.NotifyAsync(notification.Method, writer => notification.Write(call, writer), cancellationToken);
        return new("notified");
    }

    private static async Task<ToolResult> AskAsync(
        Call call, ClientMessage question, Func<JsonElement, string?> text, CancellationToken cancellationToken)
    {
        var answer = await question.SendAsync(call, cancellationToken);
        var error = answer.Get("error");
        var shown = error is null ? text(answer.Get("result") ?? default) : $"{error?.Get("code")}: {error?.Get("message")}";
        return new(shown ?? "", structured => structured.WriteRaw(answer), IsError: error is not null);
    }

    private static string Uris(JsonElement result) =>
        result.Get("roots") is { } roots ? string.Join(',', roots.EnumerateArray().Select(r => r.Get("uri")?.GetString())) : "";

    private static Action<Utf8JsonWriter>? Members(Call call)
    {
        if (call.Argument("params") is not { } given) return null;
        return writer =>
        {
            foreach (var member in given.EnumerateObject()) writer.WriteRaw(member.Name, member.Value);
        };
    }
}
