using McpGateway.Drain;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>
/// The sessions' part in the gateway's stop: no new ones, no new requests, answers for what is in flight, the end.
/// </summary>
internal sealed partial class SessionDrain(SessionManager sessions, DrainState drain, ILogger<SessionDrain> log) : IWorkInFlight
{
    public bool IsOpen => sessions.Count > 0;

    public bool IsBusy => sessions.All.Any(session => session.HasCallsInFlight);

    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken)
    {
        switch (stage)
        {
            case DrainStage.StopOpening:
                sessions.Close();
                Log.Closing(log, sessions.Count);
                return Task.CompletedTask;
            case DrainStage.StopRequests:
                // Clients open a new session when theirs is gone (MCP 2025-11-25, "Session Management", rule 4), which
                // helps only where another replica takes it.
                sessions.Drain(drain.OthersServe ? Refusal.SessionNotFound : Refusal.Draining);
                return Task.CompletedTask;
            case DrainStage.EndSessions:
                return sessions.EndAllAsync();
            default:
                return Task.CompletedTask;
        }
    }

    public Task AdvanceAsync(bool isSettled)
    {
        if (isSettled)
            Leave(sessions.All.Where(session => !session.HasCallsInFlight));
        return Task.CompletedTask;
    }

    public void GiveUp() => Leave(sessions.All);

    private static void Leave(IEnumerable<Session> sessions)
    {
        foreach (var session in sessions)
            _ = session.LeaveAsync(); // the manager awaits it, and logs its failure
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: {Sessions} sessions are open", EventName = "SessionsClosing")]
        public static partial void Closing(ILogger log, int sessions);
    }
}
