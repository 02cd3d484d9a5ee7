namespace McpGateway.Backends.Stdio.Connection;

internal sealed partial class ChildConnection
{
    // The server's own log: its category is shared with ChildStreams (5 to 7) and ChildOutputReader (8 to 10).
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Server}[{Pid}] started", EventName = "ChildStarted")]
        public static partial void Started(ILogger log, string server, int pid);

        [LoggerMessage(2, LogLevel.Information, "{Server}[{Pid}] stderr: {Line}", EventName = "ChildErrorOutput")]
        public static partial void ErrorOutput(ILogger log, string server, int pid, string line);

        [LoggerMessage(3, LogLevel.Information, "{Server}[{Pid}] stopped: {Reason}", EventName = "ChildStopped")]
        public static partial void Stopped(ILogger log, string server, int pid, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Server}[{Pid}] lost: it {Reason}", EventName = "ChildLost")]
        public static partial void Lost(ILogger log, string server, int pid, string reason);
    }
}
