using McpGateway.Drain;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Tells peers about the gateway's stop. They end the streams of their sessions that run through this replica, and at the end
/// learn that no session is left here.
/// </summary>
internal sealed class PeerDrain(ForwardedStreams streams, PeerAnnouncer announcer, ReplicaTable replicas) : IWorkInFlight
{
    private bool _isAnnounced;

    public bool IsOpen => streams.Count > 0;

    // Even a silent stream is work: its owner must end it, with a hint to its client when to come back.
    public bool IsBusy => IsOpen;

    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken)
    {
        switch (stage)
        {
            case DrainStage.CutStreams:
                streams.CutAll();
                return Task.CompletedTask;
            case DrainStage.TellPeers when replicas.IsConfigured:
                return announcer.AnnounceLeftAsync();
            default:
                return Task.CompletedTask;
        }
    }

    // Repeated, because a stream may have been forwarded after the last announcement. Every second call is often enough.
    public Task AdvanceAsync(bool isSettled)
    {
        _isAnnounced = IsOpen && !_isAnnounced;
        return _isAnnounced ? announcer.AnnounceLeaveAsync() : Task.CompletedTask;
    }

    // The streams are cut when the sessions here have ended.
    public void GiveUp()
    {
    }
}
