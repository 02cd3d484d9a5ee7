namespace McpGateway.Backends.Stdio.Connection;

internal sealed partial class ChildLifetime
{
    // The server's own log. ChildConnection (2), ChildStreams (5 to 7) and ChildOutputReader (8 to 10) write to it too.
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Server}[{Pid}] started", EventName = "ChildStarted")]
        public static partial void Started(ILogger log, string server, int pid);

        [LoggerMessage(3, LogLevel.Information, "{Server}[{Pid}] stopped: {Reason}", EventName = "ChildStopped")]
        public static partial void Stopped(ILogger log, string server, int pid, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Server}[{Pid}] lost: it {Reason}", EventName = "ChildLost")]
        public static partial void Lost(ILogger log, string server, int pid, string reason);
    }
}
