using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// When a supervisor may start its next child. Failed starts count for the whole server. Children that were lost soon after their
/// start count for this supervisor only, because the messages of its sessions may be what kills them.
/// </summary>
internal sealed partial class RestartBackoff(StdioServerState server, TimeProvider time, ILogger log)
{
    // A child that has lived this long is not in a crash loop.
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(10);

    private readonly Backoff _losses = new(time);

    /// <summary>Whether several children in a row were lost soon after their start.</summary>
    public bool IsFailing => _losses.Failures > 1;

    /// <summary>Whether the next child may be started now.</summary>
    /// <returns>Null when it may, otherwise the error to answer with.</returns>
    public JsonRpcError? Check()
    {
        var backoff = server.StartBackoff.RetryAfter > _losses.RetryAfter ? server.StartBackoff : _losses;
        if (backoff.RetryAfter is var wait && wait == TimeSpan.Zero)
            return null;
        var last = backoff.LastFailure?.TrimEnd('.');
        var reason = $"has failed {backoff.Failures} times and is not started again yet; the last time: {last}";
        return new ChildFailure(server.Name, reason, null, [], wait).ToError();
    }

    /// <summary>A start failed.</summary>
    /// <returns>Time until the next one.</returns>
    public TimeSpan StartFailed(string reason) => Record(server.StartBackoff, reason);

    /// <summary>A start succeeded: the handshake is done.</summary>
    public void StartSucceeded() => server.StartBackoff.Succeeded();

    /// <summary>A child was lost after the handshake of the supervisor's first one.</summary>
    /// <returns>Time until the next start.</returns>
    public TimeSpan Lost(string reason, TimeSpan lifetime)
    {
        if (lifetime >= ShortLife)
            _losses.Succeeded(); // a long life ends the series, and this loss begins another
        return Record(_losses, reason);
    }

    /// <summary>The child is running and ready.</summary>
    public void OnAlive(TimeSpan lifetime)
    {
        if (IsFailing && lifetime >= ShortLife)
            _losses.Succeeded();
    }

    private TimeSpan Record(Backoff backoff, string reason)
    {
        // Logged once per wait: several starts that were under way may fail during it.
        var wasWaiting = backoff.RetryAfter > TimeSpan.Zero;
        var wait = backoff.Failed(reason);
        if (wait > TimeSpan.Zero && !wasWaiting)
            Log.Waits(log, server.Name, backoff.Failures, wait.TotalSeconds);
        return wait;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "{Server} has failed {Failures} times in a row and is not started again for {Seconds:F1} s",
            EventName = "ChildWaits")]
        public static partial void Waits(ILogger log, string server, int failures, double seconds);
    }
}
