namespace McpGateway.Backends.Stdio.Supervision;

internal sealed partial class ChildRun
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server} cannot be started: {Reason}", EventName = "ChildCannotStart")]
        public static partial void CannotStart(ILogger log, string server, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Server} cannot be started", EventName = "ChildStartFailed")]
        public static partial void StartFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(3, LogLevel.Information, "{Server}: a new child continues where the last one ended",
            EventName = "ChildRevived")]
        public static partial void Revived(ILogger log, string server);

        [LoggerMessage(4, LogLevel.Error, "{Server}: a child could not be stopped cleanly", EventName = "ChildStopFailed")]
        public static partial void StopFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(5, LogLevel.Error, "{Server}: a session could not be told that its child is lost",
            EventName = "ChildLossNotHandled")]
        public static partial void LossNotHandled(ILogger log, Exception exception, string server);
    }
}
