using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Tools for calls of different durations and outcomes.
/// <list type="bullet">
/// <item><c>echo</c> {text, …}: returns the text; structured: all arguments, byte for byte.</item>
/// <item><c>progress</c> {steps, delayMs, text, late}: sends notifications/progress 1…steps with the call's token, if any, and
/// returns "done". If there is a text, it is the message of each notification and the result. <c>late</c> further notifications
/// follow after the response.</item>
/// <item><c>delay</c> {ms, text}: returns the text after that time, even if it was cancelled.</item>
/// <item><c>hang</c>: never responds.</item>
/// <item><c>open</c> {name}: opens the gate of that name, and returns the text of the call that waited there after its
/// response.</item> <item><c>fail</c> {code, message, data}: returns that JSON-RPC error.</item>
/// <item><c>stdin-stop</c> {ms}: returns "stopped", then reads nothing for that time.</item>
/// </list>
/// </summary>
internal static class CallTools
{
    public static readonly Tool[] All =
    [
        new("echo", "Returns its text and, structured, all its arguments", Echo),
        new("progress", "Reports progress, then returns", ProgressAsync),
        new("delay", "Returns its text after ms milliseconds", DelayAsync),
        new("hang", "Never responds", HangAsync),
        new("open", "Opens a gate at which another call waits", OpenAsync),
        new("fail", "Fails with a JSON-RPC error", Fail),
        new("stdin-stop", "Stops reading stdin for ms milliseconds", StopReading),
    ];

    private static ToolResult Echo(Call call)
    {
        var arguments = call.Arguments ?? throw new RpcException(RpcException.InvalidParams, "Missing arguments");
        return new(call.Text("text"), structured => structured.WriteRaw(arguments));
    }

    private static async Task<ToolResult> ProgressAsync(Call call, CancellationToken cancellationToken)
    {
        var (steps, late) = (call.Number("steps"), call.Number("late", 0));
        await ReportAsync(call, 1, steps, cancellationToken);
        return new(call.Argument("text")?.GetString() ?? "done")
        {
            Afterwards = token => ReportAsync(call, steps + 1, steps + late, token),
        };
    }

    private static async Task ReportAsync(Call call, int first, int last, CancellationToken cancellationToken)
    {
        for (var step = first; step <= last; step++)
        {
            await Task.Delay(call.Milliseconds("delayMs", 0), TimeProvider.System, cancellationToken);
            if (call.ProgressToken is not { } token) continue;
            var progress = step;
            await call.Peer.Outbox.NotifyAsync("notifications/progress", parameters =>
            {
                parameters.WriteStartObject();
                parameters.WriteRaw("progressToken", token);
                parameters.WriteNumber("progress", progress);
                parameters.WriteNumber("total", call.Number("steps"));
                if (call.Argument("text")?.GetString() is { } text) parameters.WriteString("message", text);
                parameters.WriteMeta(null, call.TaskId);
                parameters.WriteEndObject();
            }, cancellationToken);
        }
    }

    private static async Task<ToolResult> DelayAsync(Call call, CancellationToken cancellationToken)
    {
        await Task.Delay(call.Milliseconds("ms"), TimeProvider.System, cancellationToken);
        return new(call.Text("text"));
    }

    private static async Task<ToolResult> HangAsync(Call call, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return new("never");
    }

    private static async Task<ToolResult> OpenAsync(Call call, CancellationToken cancellationToken) =>
        new(await call.Peer.Gates[call.Text("name")].OpenAsync(cancellationToken));

    private static ToolResult Fail(Call call) =>
        throw new RpcException(call.Number("code"), call.Text("message"), call.Argument("data"));

    private static ToolResult StopReading(Call call)
    {
        call.Peer.Inbox.PauseFor(call.Milliseconds("ms"));
        return new("stopped");
    }
}
