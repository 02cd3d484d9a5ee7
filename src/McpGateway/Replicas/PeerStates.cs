using System.Collections.Concurrent;

namespace McpGateway.Replicas;

/// <summary>Replicas that were just found away or on the point of leaving: nothing new is placed there for a moment.</summary>
public sealed class PeerStates(TimeProvider time)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    // How long connections that were made before may take to break.
    private static readonly TimeSpan WhileItStops = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> _awaySince = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _leftSince = new(StringComparer.Ordinal);

    /// <returns>Whether that is news.</returns>
    public bool MarkAway(string replica)
    {
        var isNews = !IsAway(replica);
        _awaySince[replica] = time.GetTimestamp();
        return isNews;
    }

    public bool IsAway(string replica) => IsWithin(Moment, _awaySince, replica);

    /// <summary>It has said that no session is left there.</summary>
    public void MarkLeft(string replica)
    {
        MarkAway(replica);
        _leftSince[replica] = time.GetTimestamp();
    }

    /// <summary>Whether it stops now: what does not come through to it was not carried out by it either.</summary>
    public bool HasLeft(string replica) => IsWithin(WhileItStops, _leftSince, replica);

    private bool IsWithin(TimeSpan span, ConcurrentDictionary<string, long> marks, string replica) =>
        marks.TryGetValue(replica, out var since) && time.GetElapsedTime(since) < span;
}
