using System.Text;
using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Tools that produce much output, or invalid output.
/// <list type="bullet">
/// <item><c>noise</c> {lines}: writes that many lines that are not JSON-RPC messages, then returns "noisy".</item>
/// <item><c>flood</c> {count, bytes, method, text}: sends <c>count</c> notifications of <c>bytes</c> bytes, whose data starts
/// with the text, then returns "flooded". The default method is notifications/message.</item>
/// <item><c>big</c> {bytes}: returns a text of that many bytes; the id is the last member of the response.</item>
/// <item><c>bigNotification</c> {bytes}: sends one notifications/message of that many bytes, then returns "notified".</item>
/// <item><c>reply</c> {raw, afterwards}: writes that line verbatim, then returns "replied"; in the opposite order if afterwards
/// is true.</item>
/// <item><c>hold</c> {bytes}: allocates that much memory, and never responds.</item>
/// </list>
/// </summary>
internal static class VolumeTools
{
    public static readonly Tool[] All =
    [
        new("noise", "Prints lines that are not messages", NoiseAsync),
        new("flood", "Sends many notifications", FloodAsync),
        new("big", "Returns a text of that many bytes", call => new(new string('x', call.Number("bytes"))) { IdLast = true }),
        new("bigNotification", "Sends one notification of that many bytes",
            async (call, token) => await SendAsync(call, 1, "notified", token)),
        new("hold", "Allocates that much memory", HoldAsync),
        new("reply", "Writes a raw line to stdout", ReplyAsync),
    ];

    // What servers print to stdout by mistake, and what only resembles a message.
    private static readonly string[] Noises =
    [
        "this is not JSON", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[", "[1,2,3]", "", "42", "\"a string\"",
    ];

    private static async Task<ToolResult> NoiseAsync(Call call, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < call.Number("lines"); i++) lines.Append(Noises[i % Noises.Length]).Append('\n');
        await call.Peer.Outbox.SendRawAsync(Encoding.UTF8.GetBytes(lines.ToString()), cancellationToken);
        return new("noisy");
    }

    private static Task<ToolResult> FloodAsync(Call call, CancellationToken cancellationToken) =>
        SendAsync(call, call.Number("count"), "flooded", cancellationToken);

    private static async Task<ToolResult> SendAsync(Call call, int count, string text, CancellationToken cancellationToken)
    {
        var line = Notification(
            call.Argument("method")?.GetString() ?? "notifications/message", call.Argument("text")?.GetString(),
            call.Number("bytes"));
        for (var i = 0; i < count; i++) await call.Peer.Outbox.SendRawAsync(line, cancellationToken);
        return new(text);
    }

    private static async Task<ToolResult> HoldAsync(Call call, CancellationToken cancellationToken)
    {
        var memory = new byte[call.Number("bytes")];
        Array.Fill(memory, (byte)1); // the kernel assigns pages only when they are written
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        GC.KeepAlive(memory); // or the garbage collector could free it while the call hangs
        return new("held");
    }

    private static async Task<ToolResult> ReplyAsync(Call call, CancellationToken cancellationToken)
    {
        var raw = Encoding.UTF8.GetBytes(call.Text("raw") + '\n');
        if (call.IsSet("afterwards"))
            return new("replied") { Afterwards = token => call.Peer.Outbox.SendRawAsync(raw, token) };
        await call.Peer.Outbox.SendRawAsync(raw, cancellationToken);
        return new("replied");
    }

    // The size is that of the line without its newline, but at least that of a message with empty data.
    private static byte[] Notification(string method, string? text, int bytes)
    {
        var start = $$"""{"jsonrpc":"2.0","method":"{{method}}","params":{"level":"info","data":"{{text}} """;
        const string End = """ "}}""";
        var filler = new string('x', Math.Max(0, bytes - start.Length - End.Length));
        return Encoding.UTF8.GetBytes($"{start}{filler}{End}\n");
    }
}
