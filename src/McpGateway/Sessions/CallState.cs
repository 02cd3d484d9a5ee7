namespace McpGateway.Sessions;

/// <summary>Where a call stands.</summary>
internal enum CallState
{
    /// <summary>
    /// The server has not seen it: it waits for a permit, for the server's start, behind another call, or for room.
    /// </summary>
    Queued,

    /// <summary>It is on its way to the server, or the server works on it.</summary>
    Sent,

    /// <summary>
    /// Nobody waits for the answer any more, and a server that other sessions use too has not given it: what that server
    /// still asks may be about this call, so it counts as in flight.
    /// </summary>
    Unanswered,

    /// <summary>It is over.</summary>
    Ended,
}
