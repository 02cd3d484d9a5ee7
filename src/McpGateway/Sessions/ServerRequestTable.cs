using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>
/// The requests that a server sent to clients (sampling, elicitation, roots) and that they have not answered. A client sees
/// ids of the gateway's own, so an answer is taken only from the session that the request was sent to, and only once.
/// </summary>
/// <param name="hidesProgressTokens">
/// Whether clients see progress tokens of the gateway's own too, because others use the server.
/// </param>
internal sealed class ServerRequestTable(bool hidesProgressTokens)
{
    // A server that sends them without end is answered with errors from here on.
    private static readonly int Capacity = QueueLimits.Default.Messages;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ServerRequest> _byClientId = [];
    // One process after the other uses the same ids.
    private readonly Dictionary<(IServerConnection Connection, JsonRpcId Id), ServerRequest> _byServerId = [];
    private long _lastId;

    /// <summary>Whether the session's client is to answer something that belongs to no single call.</summary>
    public bool AnyWithoutCall(Session session)
    {
        lock (_lock)
        {
            return _byClientId.Count > 0
                && _byClientId.Values.Any(request => request.Session == session && request.Call is null);
        }
    }

    /// <summary>Gives a server's request an id for the client, under which it is then written.</summary>
    /// <param name="session">To whose client it is sent.</param>
    /// <param name="message">The server's request.</param>
    /// <param name="call">The call for which it was sent; null when it belongs to no single one.</param>
    /// <param name="connection">Over which it came, and alone may get the answer.</param>
    /// <returns>False when the server's own id is still in use, or too many requests wait.</returns>
    public bool TryAdd(Session session, JsonRpcMessage message, ClientCall? call, IServerConnection connection)
    {
        var envelope = message.Envelope;
        lock (_lock)
        {
            var id = _lastId + 1;
            var request = new ServerRequest(
                session, id, envelope.Id, call, envelope.ProgressToken, envelope.WantsTask, connection);
            // A server that reuses an id in flight would get two answers to it, one of them to the wrong question.
            if (_byClientId.Count >= Capacity || !_byServerId.TryAdd((connection, envelope.Id), request))
                return false;
            _lastId = id;
            _byClientId.Add(id, request);
            message.ReplaceId(id);
            if (hidesProgressTokens)
                ProgressTokens.Replace(message, id);
        }

        // An end of the session in between has ended the wait before it begins here: the count comes out right all the same.
        call?.BeginWaiting();
        return true;
    }

    /// <summary>Takes the request that the session's client has answered.</summary>
    /// <returns>Null when it was sent none with this id.</returns>
    public ServerRequest? TryTake(Session session, JsonRpcId clientId)
    {
        lock (_lock)
            return Find(session, clientId) is { } request ? Remove(request) : null;
    }

    /// <summary>Takes a request that the server no longer wants answered, or that can no longer be.</summary>
    /// <returns>Null when it has sent none with this id.</returns>
    public ServerRequest? TryTake(IServerConnection connection, JsonRpcId serverId)
    {
        lock (_lock)
            return _byServerId.TryGetValue((connection, serverId), out var request) ? Remove(request) : null;
    }

    /// <summary>Takes all that wait for this session's client.</summary>
    public ServerRequest[] TakeAll(Session session)
    {
        lock (_lock)
            // Spread here and not returned as a query, which would run after the lock is released.
            return [.. _byClientId.Values.Where(request => request.Session == session).ToArray().Select(Remove)];
    }

    /// <summary>Takes all: the process that sent them is gone.</summary>
    public ServerRequest[] TakeAll()
    {
        lock (_lock)
            return [.. _byClientId.Values.ToArray().Select(Remove)];
    }

    /// <summary>The progress token that the server waits for under one that the session's client was given.</summary>
    public JsonRpcId ServerTokenOf(Session session, JsonRpcId clientToken)
    {
        lock (_lock)
            return Find(session, clientToken)?.ServerToken ?? default;
    }

    private ServerRequest? Find(Session session, JsonRpcId clientId) =>
        // The session is compared too: ids count up and can be guessed, and an answer must not come from another client.
        clientId.TryGetInt64(out var id) && _byClientId.TryGetValue(id, out var request) && request.Session == session
            ? request : null;

    private ServerRequest Remove(ServerRequest request)
    {
        _byClientId.Remove(request.ClientId);
        _byServerId.Remove((request.Connection, request.ServerId));
        request.Call?.EndWaiting();
        return request;
    }
}
