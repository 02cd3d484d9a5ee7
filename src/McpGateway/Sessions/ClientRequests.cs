using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>
/// What a child has asked its client (sampling, elicitation, roots) and waits for. The client sees ids of the gateway's
/// own, so an answer is taken only for something that was asked in this session.
/// </summary>
internal sealed class ClientRequests
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Asked> _asked = [];
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

    /// <returns>The id for the client; null when the child's own id is still in flight.</returns>
    public long? TryAdd(JsonRpcId childId, ClientCall? call)
    {
        long id;
        lock (_lock)
        {
            if (_asked.Values.Any(asked => asked.ChildId == childId))
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
        }

        asked.Call?.EndWaiting();
        return asked.ChildId;
    }

    /// <summary>Takes what the child no longer wants to know.</summary>
    /// <returns>The id that the client knows; null when it asked nothing with this id.</returns>
    public JsonRpcId? TryCancel(JsonRpcId childId)
    {
        lock (_lock)
        {
            foreach (var (id, asked) in _asked)
            {
                if (asked.ChildId != childId)
                    continue;
                _asked.Remove(id);
                asked.Call?.EndWaiting();
                return id;
            }

            return null;
        }
    }

    private sealed record Asked(JsonRpcId ChildId, ClientCall? Call);
}
