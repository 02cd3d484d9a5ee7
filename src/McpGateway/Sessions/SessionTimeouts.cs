using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>Ends a session's calls that take longer than they may.</summary>
internal sealed class SessionTimeouts(Session session, TimeProvider time)
{
    /// <summary>The monitor's visit to the session's calls.</summary>
    public async Task EndOverdueAsync(long now)
    {
        List<Task>? ending = null;
        foreach (var call in session.Calls.Snapshot())
        {
            // The stream of a POST has nobody else to remind it of its keep-alives.
            call.Replies.Tick(now);
            if (Overdue(call, now) is not { } reason)
                continue;
            var error = ServerFailure.ToError(session.Server.Name, $"did not answer {call.Method}: {reason}");
            (ending ??= []).Add(call.WithdrawAsync(CallOutcome.TimedOut, reason, error).AsTask());
        }

        // Together: each answer may wait for a client that does not read.
        if (ending is not null)
            await Task.WhenAll(ending);
    }

    private string? Overdue(ClientCall call, long now) => CallTimeouts.Overdue(
        session.Server.Config, startsChild: call.IsInitialize,
        inFlight: time.GetElapsedTime(call.StartedAt, now),
        silent: time.GetElapsedTime(call.ActiveAt, now),
        waitsForClient: call.WaitsForClient || session.Backend.AwaitsClient)?.Reason;
}
