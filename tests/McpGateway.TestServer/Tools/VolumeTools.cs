using System.Text;
using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Much, or wrong, output.
/// <list type="bullet">
/// <item><c>noise</c> {lines}: that many lines which are no JSON-RPC messages, then "noisy".</item>
/// <item><c>flood</c> {count, bytes, method, text}: that many lines of that many bytes, notifications/message if it is not another
/// method, each of whose data begins with the text, then "flooded".</item>
/// <item><c>big</c> {bytes}: a text of that many bytes; the reply's id is its last member.</item>
/// <item><c>bigNotification</c> {bytes}: one notifications/message line of that many bytes, then "notified".</item>
/// <item><c>reply</c> {raw, afterwards}: that line, verbatim, then "replied"; the other way round if afterwards is true.</item>
/// <item><c>hold</c> {bytes}: takes that much memory, and never answers.</item>
/// </list>
/// </summary>
internal static class VolumeTools
{
    public static readonly Tool[] All =
    [
        new("noise", "Prints lines that are no messages", NoiseAsync),
        new("flood", "Sends many notifications", FloodAsync),
        new("big", "Gives back a text of that many bytes", call => new(new string('x', call.Number("bytes"))) { IdLast = true }),
        new("bigNotification", "Sends one notification of that many bytes",
            async (call, token) => await SendAsync(call, 1, "notified", token)),
        new("hold", "Takes that much memory", HoldAsync),
        new("reply", "Writes a raw line to stdout", ReplyAsync),
    ];

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
            call.Argument("method")?.GetString() ?? "notifications/message", call.Argument("text")?.GetString(), call.Number("bytes"));
        for (var i = 0; i < count; i++) await call.Peer.Outbox.SendRawAsync(line, cancellationToken);
        return new(text);
    }

    private static async Task<ToolResult> HoldAsync(Call call, CancellationToken cancellationToken)
    {
        var memory = new byte[call.Number("bytes")];
        Array.Fill(memory, (byte)1); // or the system would not give it
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        GC.KeepAlive(memory);
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

    // The size is that of the line without its newline, but never less than the message takes empty.
    private static byte[] Notification(string method, string? text, int bytes)
    {
        var start = $$"""{"jsonrpc":"2.0","method":"{{method}}","params":{"level":"info","data":"{{text}} """;
        const string End = """ "}}""";
        var filler = new string('x', Math.Max(0, bytes - start.Length - End.Length));
        return Encoding.UTF8.GetBytes($"{start}{filler}{End}\n");
    }
}
