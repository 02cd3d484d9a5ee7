namespace McpGateway.Backends.Stdio.Connection;

internal sealed partial class ChildConnection
{
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

        [LoggerMessage(5, LogLevel.Debug, "{Server}[{Pid}] a pipe was closed: {Reason}", EventName = "ChildPipeClosed")]
        public static partial void PipeClosed(ILogger log, string server, int pid, string reason);

        [LoggerMessage(6, LogLevel.Error, "{Server}[{Pid}] its connection broke", EventName = "ChildConnectionBroken")]
        public static partial void Broken(ILogger log, Exception exception, string server, int pid);

        [LoggerMessage(7, LogLevel.Warning, "{Server}[{Pid}] is ending, but something holds one of its pipes open",
            EventName = "ChildPipeHeldOpen")]
        public static partial void PipeHeldOpen(ILogger log, string server, int pid);

        [LoggerMessage(8, LogLevel.Warning,
            "{Server}[{Pid}] printed {Length} bytes on stdout that are no MCP message ({Reason}); further noise is logged at Debug. " +
            "A stdio server must log to stderr", EventName = "ChildNoise")]
        public static partial void FirstNoise(ILogger log, string server, int pid, long length, string reason);

        [LoggerMessage(9, LogLevel.Debug, "{Server}[{Pid}] printed {Length} bytes on stdout that are no MCP message ({Reason})",
            EventName = "ChildMoreNoise")]
        public static partial void Noise(ILogger log, string server, int pid, long length, string reason);

        [LoggerMessage(10, LogLevel.Warning, "{Server}[{Pid}] sent a message of {Length} bytes, over Limits:MessageBytes ({Limit})",
            EventName = "ChildMessageTooLong")]
        public static partial void TooLong(ILogger log, string server, int pid, long length, int limit);
    }
}
