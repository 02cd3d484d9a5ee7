using System.Text;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// What a shared child logs while it works for several sessions. It may be about anyone's call, so it is for the operator
/// alone.
/// </summary>
internal sealed partial class UnattributedLog(ServerState server, ILogger log)
{
    // Longer text is cut as stderr is.
    private const int LongestText = 2000;

    public void Write(JsonRpcMessage message, string? level)
    {
        if (!log.IsEnabled(LogLevel.Debug))
            return;
        var found = JsonMembers.TryFind(message.Envelope.Params.In(message.Utf8), "data"u8, out var data);
        // Cut only after the redaction: a secret that lies across the cut would leave its beginning.
        var text = new SecretRedactor(server.Stdio).Redact(found ? Encoding.UTF8.GetString(data) : string.Empty);
        Log.ChildSaid(log, server.Name, level, text.Length > LongestText ? text[..LongestText] : text);
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Debug, "{Server} says ({Level}): {Text}", EventName = "ChildLogMessage")]
        public static partial void ChildSaid(ILogger log, string server, string? level, string text);
    }
}
