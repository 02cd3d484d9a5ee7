namespace McpGateway.Backends.Stdio.Supervision;

internal sealed partial class ChildSupervisor
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server} cannot be started: {Reason}", EventName = "ChildCannotStart")]
        public static partial void CannotStart(ILogger log, string server, string reason);

        [LoggerMessage(2, LogLevel.Error, "A message to {Server} could not be sent", EventName = "SendFailed")]
        public static partial void SendFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(3, LogLevel.Error, "{Server} cannot be started", EventName = "ChildStartFailed")]
        public static partial void StartFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(4, LogLevel.Debug, "{Server} did not take {Method}: {Reason}", EventName = "ChildRefused")]
        public static partial void NotTaken(ILogger log, string server, string method, string reason);

        [LoggerMessage(5, LogLevel.Information, "{Server}: a new child goes on where the last one ended", EventName = "ChildRevived")]
        public static partial void Revived(ILogger log, string server);

        [LoggerMessage(6, LogLevel.Information, "{Server}: an idle child is put to sleep", EventName = "ChildHibernated")]
        public static partial void Hibernated(ILogger log, string server);

        [LoggerMessage(7, LogLevel.Error, "{Server}: a child could not be stopped in order", EventName = "ChildStopFailed")]
        public static partial void StopFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(8, LogLevel.Warning, "{Server} has failed {Failures} times in a row and is not started again for {Seconds:F1} s",
            EventName = "ChildWaits")]
        public static partial void Waits(ILogger log, string server, int failures, double seconds);
    }
}
