using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Calls and their course in time.
/// <list type="bullet">
/// <item><c>echo</c> {text, …}: the text; structured: the arguments, byte for byte.</item>
/// <item><c>progress</c> {steps, delayMs}: notifications/progress 1…steps with the call's token, if any; then "done".</item>
/// <item><c>delay</c> {ms, text}: the text, after that time, cancelled or not.</item>
/// <item><c>hang</c>: never answers.</item>
/// <item><c>stdin-stop</c> {ms}: answers "stopped", then reads nothing for that time.</item>
/// </list>
/// </summary>
internal static class CallTools
{
    public static readonly Tool[] All =
    [
        new("echo", "Gives back its text and, structured, all its arguments", Echo),
        new("progress", "Reports progress, then is done", ProgressAsync),
        new("delay", "Gives back its text after ms milliseconds", DelayAsync),
        new("hang", "Never answers", HangAsync),
        new("stdin-stop", "Stops reading stdin for ms milliseconds", StopReading),
    ];

    private static ToolResult Echo(Call call)
    {
        var arguments = call.Arguments ?? throw new RpcException(RpcException.InvalidParams, "Missing arguments");
        return new(call.Text("text"), structured => structured.WriteRaw(arguments));
    }

    private static async Task<ToolResult> ProgressAsync(Call call, CancellationToken cancellationToken)
    {
        var steps = call.Number("steps");
        for (var step = 1; step <= steps; step++)
        {
            await Task.Delay(call.Milliseconds("delayMs", 0), TimeProvider.System, cancellationToken);
            if (call.ProgressToken is not { } token) continue;
            var progress = step;
            await call.Peer.Outbox.NotifyAsync("notifications/progress", parameters =>
            {
                parameters.WriteStartObject();
                parameters.WriteRaw("progressToken", token);
                parameters.WriteNumber("progress", progress);
                parameters.WriteNumber("total", steps);
                parameters.WriteEndObject();
            }, cancellationToken);
        }
        return new("done");
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

    private static ToolResult StopReading(Call call)
    {
        call.Peer.Inbox.PauseFor(call.Milliseconds("ms"));
        return new("stopped");
    }
}
