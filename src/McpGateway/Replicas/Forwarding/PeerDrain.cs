using McpGateway.Drain;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// What peers have to do with the gateway's stop: they end the streams that their sessions send through this replica, and at
/// last learn that no session is left here.
/// </summary>
internal sealed class PeerDrain(ForwardedStreams streams, LeaveAnnouncer announcer, ReplicaTable replicas) : IWorkInFlight
{
    private bool _isAnnounced;

    public bool IsOpen => streams.Count > 0;

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

    // A stream may have been forwarded after the last announcement. Every other time is often enough for that.
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
