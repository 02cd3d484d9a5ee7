using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>
/// The one clock of all sessions: time-outs, keep-alives, idle ends. One timer for thousands of calls costs less than
/// one each, and a quarter of a second is precise enough for all of them.
/// </summary>
internal sealed partial class SessionMonitor(
    SessionManager sessions, IBackendSessions backend, IEnumerable<IMonitored> others, QueueBudget budget, TimeProvider time,
    ILogger<SessionMonitor> log)
    : BackgroundService
{
    // Smaller streams are not what fills the memory: to cut one would harm its client and help nobody.
    private const int WorthCutting = 64 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                TryVisit();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    /// <summary>Visits every session once. One that waits for its client does not keep the others waiting.</summary>
    internal void Visit()
    {
        var now = time.GetTimestamp();
        foreach (var session in sessions.All)
            _ = GuardAsync(session.TickAsync(now));
        foreach (var visit in backend.Tick(now))
            _ = GuardAsync(visit);
        foreach (var visit in others.SelectMany(other => other.Tick(now)))
            _ = GuardAsync(visit);
        if (budget.IsExceeded)
            CutSlowest();
    }

    // An exception that left here would stop the host.
    private void TryVisit()
    {
        try
        {
            Visit();
        }
        catch (Exception exception)
        {
            Log.VisitFailed(log, exception);
        }
    }

    private void CutSlowest()
    {
        var slowest = sessions.All.Select(session => session.Slowest()).Concat(others.Select(other => other.Slowest()))
            .OfType<ResponseStream>().MaxBy(stream => stream.QueuedBytes);
        if (slowest is null || slowest.QueuedBytes < WorthCutting)
            return; // the bytes wait for children: their calls time out, and free them
        Log.BudgetExceeded(log, budget.Queued, budget.Limit);
        // One for each visit: a quarter of a second later it is known whether that was enough.
        slowest.Cut();
    }

    private async Task GuardAsync(Task visit)
    {
        try
        {
            await visit;
        }
        catch (Exception exception)
        {
            Log.VisitFailed(log, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A session or a child could not be visited", EventName = "VisitFailed")]
        public static partial void VisitFailed(ILogger log, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "{Queued} bytes wait in queues, over the limit of {Limit}: the slowest stream is cut",
            EventName = "QueueBudgetExceeded")]
        public static partial void BudgetExceeded(ILogger log, long queued, long limit);
    }
}
