using System.Collections.Concurrent;

namespace McpGateway.Replicas;

/// <summary>Replicas that were just found away or on the point of leaving: nothing new is placed there for a moment.</summary>
public sealed class PeerStates(TimeProvider time)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, long> _awaySince = new(StringComparer.Ordinal);

    /// <returns>Whether that is news.</returns>
    public bool MarkAway(string replica)
    {
        var isNews = !IsAway(replica);
        _awaySince[replica] = time.GetTimestamp();
        return isNews;
    }

    public bool IsAway(string replica) =>
        _awaySince.TryGetValue(replica, out var since) && time.GetElapsedTime(since) < Moment;
}
