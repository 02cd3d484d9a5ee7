using System.Collections.Concurrent;

namespace McpGateway.Replicas;

/// <summary>
/// Peers that cannot be reached or drain, as a request has just found out: for some seconds nothing new is placed there.
/// </summary>
internal sealed class PeerStates(TimeProvider time)
{
    // Long enough that few requests wait for a connect time-out, and short enough that a peer that is back is soon used.
    private static readonly TimeSpan AwayPeriod = TimeSpan.FromSeconds(3);

    // After this announcement, a peer needs some seconds to stop. During that time its open connections break.
    private static readonly TimeSpan StopPeriod = TimeSpan.FromSeconds(10);

    // A name may be made up: it comes from a session id, and with Replicas:NamePattern any name that matches is tried.
    private const int MaxNames = 1_000;

    private readonly ConcurrentDictionary<string, long> _awaySince = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _leftSince = new(StringComparer.Ordinal);

    /// <returns>Whether that was not known before. Never for names beyond those that are remembered.</returns>
    public bool MarkAway(string replica)
    {
        // Not atomic: at worst two requests both report the same news.
        var isNews = !IsAway(replica);
        if (isNews && !HasRoom())
            return false;
        _awaySince[replica] = time.GetTimestamp();
        return isNews;
    }

    public bool IsAway(string replica) => IsWithin(AwayPeriod, _awaySince, replica);

    /// <summary>The peer has announced that no session is left there.</summary>
    public void MarkLeft(string replica)
    {
        MarkAway(replica);
        _leftSince[replica] = time.GetTimestamp();
    }

    /// <summary>Whether the peer stops now. It has no session left, so a request that fails there was not carried out.</summary>
    public bool HasLeft(string replica) => IsWithin(StopPeriod, _leftSince, replica);

    /// <summary>The peer has started again: what was known of the process before is no longer true.</summary>
    public void MarkBack(string replica)
    {
        _leftSince.TryRemove(replica, out _);
        _awaySince.TryRemove(replica, out _);
    }

    private bool HasRoom()
    {
        if (_awaySince.Count < MaxNames)
            return true;
        foreach (var name in _awaySince.Keys.Where(name => !IsAway(name)))
            _awaySince.TryRemove(name, out _);
        return _awaySince.Count < MaxNames;
    }

    private bool IsWithin(TimeSpan span, ConcurrentDictionary<string, long> marks, string replica) =>
        marks.TryGetValue(replica, out var since) && time.GetElapsedTime(since) < span;
}
