namespace McpGateway.Replicas.Forwarding;

/// <summary>The streams of other replicas' sessions that run through this replica. They end when it leaves.</summary>
internal sealed class ForwardedStreams : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _cut = new();

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _counts.Values.Sum();
        }
    }

    /// <summary>The replicas that have their sessions.</summary>
    public string[] Owners
    {
        get
        {
            lock (_lock)
                return [.. _counts.Keys];
        }
    }

    /// <param name="owner">The replica that has the stream's session.</param>
    /// <param name="abort">Aborts the stream.</param>
    /// <returns>To be disposed of when the stream has ended.</returns>
    public ForwardedStream Add(string owner, Action abort)
    {
        Change(owner, 1);
        // After CutAll the token has fired already: then this aborts the new stream at once.
        return new ForwardedStream(this, owner, _cut.Token.Register(abort));
    }

    /// <summary>Aborts the streams that their owners have not ended.</summary>
    public void CutAll() => _cut.Cancel();

    public void Dispose() => _cut.Dispose();

    internal void Remove(string owner) => Change(owner, -1);

    private void Change(string owner, int by)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(owner) + by;
            // Removed at zero: only owners that are left are told that this replica leaves (PeerAnnouncer).
            if (count == 0)
                _counts.Remove(owner);
            else
                _counts[owner] = count;
        }
    }
}
