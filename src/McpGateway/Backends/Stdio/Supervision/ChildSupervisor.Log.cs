namespace McpGateway.Backends.Stdio.Supervision;

internal sealed partial class ChildSupervisor
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Server}: an idle child hibernates: it is stopped until the next message",
            EventName = "ChildHibernated")]
        public static partial void Hibernates(ILogger log, string server);

        [LoggerMessage(2, LogLevel.Error, "{Server}: a session could not be told that its child hibernates",
            EventName = "HibernationFailed")]
        public static partial void HibernationFailed(ILogger log, Exception exception, string server);
    }
}
