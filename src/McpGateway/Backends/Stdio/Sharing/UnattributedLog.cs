using System.Text;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Logs the log messages of a shared child that may be about any session's call. Only the operator may see them.
/// </summary>
internal sealed partial class UnattributedLog(ServerState server, ILogger log)
{
    // As for a line of stderr (ChildErrorOutput).
    private const int LongestText = 2000;

    public void Write(JsonRpcMessage message, string? level)
    {
        if (!log.IsEnabled(LogLevel.Debug))
            return;
        var found = JsonMembers.TryFind(message.Envelope.Params.In(message.Utf8), "data"u8, out var data);
        // Cut after the redaction, which would not recognize a secret that was cut in two.
        var text = new SecretRedactor(server.Stdio).Redact(found ? Encoding.UTF8.GetString(data) : string.Empty);
        Log.ChildSaid(log, server.Name, level, text.Length > LongestText ? text[..LongestText] : text);
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Debug, "{Server} says ({Level}): {Text}", EventName = "ChildLogMessage")]
        public static partial void ChildSaid(ILogger log, string server, string? level, string text);
    }
}
