using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Tools that return what arrived, as structured content. The text is a count or a word.
/// <list type="bullet">
/// <item><c>received</c>: <c>{"lines":N,"messages":["initialize","tools/call echo","answer",…],"strayAnswers":N}</c>, including
/// this call. Tests use it to prove that a smuggled message did not arrive.</item>
/// <item><c>answers</c>: <c>{"answers":[{"jsonrpc":"2.0","id":…,"result"|"error":…},…]}</c>, each as it arrived.</item>
/// <item><c>reported</c>: <c>{"reported":[{"progressToken":…,"progress":…},…]}</c>, the params of each
/// notifications/progress.</item>
/// <item><c>cancelled</c>: <c>{"cancelled":[{"requestId":…,"inFlight":bool,"reason":…}]}</c>, in order.</item>
/// <item><c>client</c>: the params of initialize, byte for byte.</item>
/// <item><c>level</c>: <c>{"level":"debug"|null}</c>, from the last logging/setLevel.</item>
/// <item><c>touch</c> {uri}: adds one to the counter, and sends notifications/resources/updated for the URI (default:
/// test://counter) if there is a subscription to it or to a parent;
/// <c>{"counter":N,"subscriptions":["test://counter",…]}</c>.</item> </list>
/// </summary>
internal static class RecordTools
{
    public static readonly Tool[] All =
    [
        new("received", "Lists every message received so far", Received),
        new("answers", "Lists the responses received so far", call => List("answers", call.Peer.History.ReadAnswers())),
        new("reported", "Lists the progress received so far", call => List("reported", call.Peer.History.ReadProgress())),
        new("cancelled", "Lists the cancellations received so far", Cancelled),
        new("client", "Shows the params of initialize", Client),
        new("level", "Shows the log level that was set", Level),
        new("touch", "Changes a resource", TouchAsync),
    ];

    private static ToolResult Received(Call call)
    {
        var (messages, strayAnswers) = call.Peer.History.Read();
        return new($"{messages.Length}", structured =>
        {
            structured.WriteStartObject();
            structured.WriteNumber("lines", messages.Length);
            structured.WriteStrings("messages", messages);
            structured.WriteNumber("strayAnswers", strayAnswers);
            structured.WriteEndObject();
        });
    }

    private static ToolResult List(string name, JsonElement[] items) =>
        new($"{items.Length}", structured =>
        {
            structured.WriteStartObject();
            structured.WriteStartArray(name);
            foreach (var item in items) structured.WriteRaw(item);
            structured.WriteEndArray();
            structured.WriteEndObject();
        });

    private static ToolResult Cancelled(Call call)
    {
        var cancellations = call.Peer.Calls.Cancellations();
        return new($"{cancellations.Length}", structured =>
        {
            structured.WriteStartObject();
            structured.WriteStartArray("cancelled");
            foreach (var cancellation in cancellations)
            {
                structured.WriteStartObject();
                structured.WriteRaw("requestId", cancellation.RequestId);
                structured.WriteBoolean("inFlight", cancellation.InFlight);
                if (cancellation.Reason is { } reason) structured.WriteRaw("reason", reason);
                structured.WriteEndObject();
            }
            structured.WriteEndArray();
            structured.WriteEndObject();
        });
    }

    private static ToolResult Client(Call call) =>
        call.Peer.Client is { } client ? new("client", structured => structured.WriteRaw(client)) : new("none", IsError: true);

    private static ToolResult Level(Call call) =>
        new(call.Peer.LogLevel ?? "none", structured =>
        {
            structured.WriteStartObject();
            structured.WriteString("level", call.Peer.LogLevel);
            structured.WriteEndObject();
        });

    private static async Task<ToolResult> TouchAsync(Call call, CancellationToken cancellationToken)
    {
        var subscriptions = call.Peer.Subscriptions;
        var counter = subscriptions.Increment();
        var uri = call.Argument("uri")?.GetString() ?? Resources.CounterUri;
        if (subscriptions.Covers(uri))
        {
            await call.Peer.Outbox.NotifyAsync("notifications/resources/updated", parameters =>
            {
                parameters.WriteStartObject();
                parameters.WriteString("uri", uri);
                parameters.WriteEndObject();
            }, cancellationToken);
        }
        return new($"{counter}", structured =>
        {
            structured.WriteStartObject();
            structured.WriteNumber("counter", counter);
            structured.WriteStrings("subscriptions", subscriptions.Read());
            structured.WriteEndObject();
        });
    }
}
