namespace McpGateway.Drain;

/// <summary>The stages of the gateway's stop, in their order. Each begins when the one before it is over.</summary>
internal enum DrainStage
{
    /// <summary>No new sessions and streams are opened here.</summary>
    StopOpening,

    /// <summary>All else goes on for Drain:Delay, until load balancers have noticed. Nothing to do for participants.</summary>
    Delay,

    /// <summary>No new requests are accepted.</summary>
    StopRequests,

    /// <summary>What is in flight gets its answer, within Drain:Timeout (<see cref="IWorkInFlight"/>).</summary>
    FinishCalls,

    /// <summary>All sessions end, with whatever is still in flight in them.</summary>
    EndSessions,

    /// <summary>Streams of other replicas' sessions that still run through this one are cut.</summary>
    CutStreams,

    /// <summary>Child processes are stopped.</summary>
    StopChildren,

    /// <summary>The other replicas learn that no session is left here.</summary>
    TellPeers,

    /// <summary>No more connections are accepted. After this the host closes the listeners.</summary>
    StopAccepting,
}
