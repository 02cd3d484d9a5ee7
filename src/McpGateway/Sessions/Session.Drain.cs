using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>The session's part in the stop of its gateway, and in that of a replica which its stream passes through.</summary>
internal sealed partial class Session
{
    // Spread, or all clients of a replica that leaves would come to the others in the same moment.
    private static readonly (int From, int To) ReconnectMilliseconds = (200, 1500);

    private static TimeSpan ReconnectAfter =>
        TimeSpan.FromMilliseconds(Random.Shared.Next(ReconnectMilliseconds.From, ReconnectMilliseconds.To));

    /// <summary>Takes no more requests; what belongs to those in flight still passes.</summary>
    /// <param name="refusal">What they are told; those without a session can do nothing about one that has gone.</param>
    internal void Drain(Refusal refusal) => _drained = Kind is SessionKind.Implicit ? Refusal.Draining : refusal;

    /// <summary>Ends the session, and tells its client to come back.</summary>
    internal Task LeaveAsync()
    {
        if (Stream is { } stream)
            stream.ReconnectAfter = ReconnectAfter;
        return EndAsync();
    }

    /// <summary>
    /// The replica that the client's stream passes through leaves. An HTTP+SSE session goes with its stream once its calls
    /// are answered; the client of any other comes back to it over another replica.
    /// </summary>
    internal void LeaveVia(string replica)
    {
        if (Stream is not { } stream || stream.Via != replica)
            return;
        stream.ReconnectAfter = ReconnectAfter;
        if (Kind is not SessionKind.Sse)
        {
            stream.EndAfterAnswers();
            return;
        }

        Drain(Refusal.SessionNotFound);
        EndAfterCalls();
    }
}
