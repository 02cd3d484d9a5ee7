using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions;

/// <summary>
/// What a child has asked its client (sampling, elicitation, roots) and waits for. The client sees ids of the gateway's
/// own, so an answer is taken only for something that was asked in this session.
/// </summary>
internal sealed class ClientRequests
{
    private readonly Lock _lock = new();
    // A child that asks without end is answered with errors from here on.
    private static readonly int Capacity = QueueLimits.Default.Messages;

    private readonly Dictionary<long, Asked> _asked = [];
    private readonly Dictionary<JsonRpcId, long> _byChildId = [];
    private long _lastId;

    /// <summary>Whether the client is to answer something that belongs to no single call.</summary>
    public bool AnyWithoutCall
    {
        get
        {
            lock (_lock)
                return _asked.Count > 0 && _asked.Values.Any(asked => asked.Call is null);
        }
    }

    /// <returns>The id for the client; null when the child's own id is still in flight, or too many are.</returns>
    public long? TryAdd(JsonRpcId childId, ClientCall? call)
    {
        long id;
        lock (_lock)
        {
            if (_asked.Count >= Capacity || !_byChildId.TryAdd(childId, _lastId + 1))
                return null;
            id = ++_lastId;
            _asked.Add(id, new Asked(childId, call));
        }

        call?.BeginWaiting();
        return id;
    }

    /// <summary>Takes what the client answered, or what can no longer be answered.</summary>
    /// <returns>The child's id; null when nothing with this id was asked.</returns>
    public JsonRpcId? TryTake(JsonRpcId clientId)
    {
        Asked? asked;
        lock (_lock)
        {
            if (!clientId.TryGetInt64(out var id) || !_asked.Remove(id, out asked))
                return null;
            _byChildId.Remove(asked.ChildId);
        }

        asked.Call?.EndWaiting();
        return asked.ChildId;
    }

    /// <summary>Takes what the child no longer wants to know.</summary>
    /// <returns>The id that the client knows; null when it asked nothing with this id.</returns>
    public JsonRpcId? TryCancel(JsonRpcId childId)
    {
        long id;
        lock (_lock)
        {
            if (!_byChildId.TryGetValue(childId, out id))
                return null;
        }

        return TryTake(id) is null ? null : id;
    }

    private sealed record Asked(JsonRpcId ChildId, ClientCall? Call);
}
