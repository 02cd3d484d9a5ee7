using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>
/// What a child has asked its clients (sampling, elicitation, roots) and waits for. A client sees ids of the
/// gateway's own, so an answer is taken only from the session that was asked, and only once.
/// </summary>
/// <param name="hidesProgressTokens">Whether clients see progress tokens of the gateway's own too, because others share the child.</param>
internal sealed class ServerRequestTable(bool hidesProgressTokens)
{
    // A child that asks without end is answered with errors from here on.
    private static readonly int Capacity = QueueLimits.Default.Messages;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ServerRequest> _asked = [];
    // One child after the other asks under the same ids.
    private readonly Dictionary<(IServerConnection Child, JsonRpcId Id), long> _byChildId = [];
    private long _lastId;

    /// <summary>Whether the session's client is to answer something that belongs to no single call.</summary>
    public bool AnyWithoutCall(Session session)
    {
        lock (_lock)
            return _asked.Count > 0 && _asked.Values.Any(asked => asked.Session == session && asked.Call is null);
    }

    /// <summary>Gives a request of the child's an id for the client, under which it is then written.</summary>
    /// <param name="session">Whose client is asked.</param>
    /// <param name="request">The child's request.</param>
    /// <param name="call">The call for which it asks; null when it belongs to no single one.</param>
    /// <param name="child">Who asks, and alone may get the answer.</param>
    /// <returns>False when the child's own id is still in flight, or too many are.</returns>
    public bool TryAsk(Session session, JsonRpcMessage request, ClientCall? call, IServerConnection child)
    {
        var childId = request.Envelope.Id;
        lock (_lock)
        {
            var id = _lastId + 1;
            if (_asked.Count >= Capacity || !_byChildId.TryAdd((child, childId), id))
                return false;
            _lastId = id;
            _asked.Add(id, new ServerRequest(session, id, childId, call, request.Envelope.ProgressToken, request.Envelope.WantsTask, child));
            request.ReplaceId(id);
            if (hidesProgressTokens && !request.Envelope.ProgressToken.IsNone)
                request.ReplaceProgressToken(id);
        }

        call?.BeginWaiting();
        return true;
    }

    /// <summary>Takes what the session's client answered.</summary>
    /// <returns>Null when it was not asked anything with this id.</returns>
    public ServerRequest? TryTake(Session session, JsonRpcId clientId)
    {
        lock (_lock)
        {
            if (Find(session, clientId) is not { } asked)
                return null;
            return Remove(asked);
        }
    }

    /// <summary>Takes what the child no longer wants to know, or what can no longer be answered.</summary>
    /// <returns>Null when it asked nothing with this id.</returns>
    public ServerRequest? TryTake(IServerConnection child, JsonRpcId childId)
    {
        lock (_lock)
            return _byChildId.TryGetValue((child, childId), out var id) ? Remove(_asked[id]) : null;
    }

    /// <summary>Takes all that waits for this session's client.</summary>
    public ServerRequest[] TakeAll(Session session)
    {
        lock (_lock)
            return [.. _asked.Values.Where(asked => asked.Session == session).ToArray().Select(Remove)];
    }

    /// <summary>Takes all: the child that asked is gone.</summary>
    public ServerRequest[] TakeAll()
    {
        lock (_lock)
            return [.. _asked.Values.ToArray().Select(Remove)];
    }

    /// <summary>The progress token that the child waits for under one that the session's client was given.</summary>
    public JsonRpcId ChildTokenOf(Session session, JsonRpcId clientToken)
    {
        lock (_lock)
            return Find(session, clientToken)?.ChildToken ?? default;
    }

    private ServerRequest? Find(Session session, JsonRpcId clientId) =>
        clientId.TryGetInt64(out var id) && _asked.TryGetValue(id, out var asked) && asked.Session == session ? asked : null;

    private ServerRequest Remove(ServerRequest asked)
    {
        _asked.Remove(asked.ClientId);
        _byChildId.Remove((asked.Child, asked.ChildId));
        asked.Call?.EndWaiting();
        return asked;
    }
}

/// <summary>One request of a child's to a client.</summary>
/// <param name="Session">Whose client was asked.</param>
/// <param name="ClientId">The id that the client sees, and where they are hidden the progress token.</param>
/// <param name="ChildId">The child's own id.</param>
/// <param name="Call">The call for which it asks; null when it belongs to no single one.</param>
/// <param name="ChildToken">The child's own progress token; none when it wants no progress.</param>
/// <param name="WantsTask">Whether the client is to run it as a task.</param>
/// <param name="Child">Who asks, and alone may get the answer.</param>
internal sealed record ServerRequest(
    Session Session, long ClientId, JsonRpcId ChildId, ClientCall? Call, JsonRpcId ChildToken, bool WantsTask,
    IServerConnection Child)
{
    /// <summary>Answers the child with an error.</summary>
    public void Refuse(JsonRpcError error) => Child.TrySend(JsonRpcMessage.CreateError(ChildId, error));
}
