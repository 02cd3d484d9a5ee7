using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>How a session leaves: with its gateway, or with the replica that its client's stream passes through.</summary>
internal sealed class SessionDeparture(Session session, SessionStreams streams, SessionLifetime lifetime)
{
    // Spread, or all clients of a replica that leaves would come to the others at the same time.
    private static readonly (int From, int To) ReconnectMilliseconds = (200, 1500);

    private volatile Refusal? _refusal;

    /// <summary>What requests are told; null as long as they are taken.</summary>
    public Refusal? Answer => _refusal;

    private static TimeSpan ReconnectAfter =>
        TimeSpan.FromMilliseconds(Random.Shared.Next(ReconnectMilliseconds.From, ReconnectMilliseconds.To));

    /// <summary>Takes no more requests; what belongs to those in flight still passes.</summary>
    /// <param name="refusal">What they are told; those without a session can do nothing about one that has gone.</param>
    public void Begin(Refusal refusal) => _refusal = session.Kind is SessionKind.Implicit ? Refusal.Draining : refusal;

    /// <summary>Ends the session, and tells its client to come back.</summary>
    public Task LeaveAsync()
    {
        if (streams.Current is { } stream)
            // Before the end: the transport writes it as the stream's last event, and is not told again.
            stream.ReconnectAfter = ReconnectAfter;
        return lifetime.EndAsync();
    }

    /// <summary>
    /// The replica that the client's stream passes through leaves. An HTTP+SSE session goes with its stream once its calls
    /// are answered; the client of any other comes back to it over another replica.
    /// </summary>
    public void LeaveVia(string replica)
    {
        if (streams.Current is not { } stream || stream.Via != replica)
            return;
        stream.ReconnectAfter = ReconnectAfter;
        // The id of a Streamable HTTP session still finds it through any replica; an HTTP+SSE session is bound to its stream.
        if (session.Kind is not SessionKind.Sse)
        {
            stream.EndAfterAnswers();
            return;
        }

        // Not "draining": this gateway stays, and a client that waited would wait for a session that is about to end.
        Begin(Refusal.SessionNotFound);
        lifetime.EndAfterCalls();
    }
}
