using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>
/// The calls that were sent over one connection and not answered yet, by the ids that its server knows them under.
/// </summary>
internal sealed class ConnectionCalls(CallRegistry registry, IServerConnection connection)
{
    private readonly Dictionary<long, PendingCall> _calls = [];
    // Never used again, or a late answer to a call that has ended would be taken for another call's.
    private long _lastId;

    public CallRegistry Registry { get; } = registry;

    public IServerConnection Connection { get; } = connection;

    /// <summary>Whether somebody waits for an answer, so that the server must not hibernate.</summary>
    public bool AnyAwaited
    {
        get
        {
            lock (Registry.Lock)
            {
                foreach (var call in _calls.Values)
                {
                    if (call is { KeepsAwake: true, IsOpen: true })
                        return true;
                }

                return false;
            }
        }
    }

    /// <summary>Records that a call is about to be sent, under an id of the server's own.</summary>
    /// <returns>False when it has ended before.</returns>
    public bool TrySend(PendingCall call, JsonRpcMessage request)
    {
        lock (Registry.Lock)
        {
            // It may have been cancelled while it waited. Under the lock, so that a withdrawal finds it either queued, and the
            // server is told nothing, or in the table, and the server is told.
            if (call.State is not CallState.Queued)
                return false;
            call.State = CallState.Sent;
            call.Connection = this;
            call.SentMessage = request;
            if (call.ServerId == 0)
                call.ServerId = ++_lastId;
            _calls.Add(call.ServerId, call);
            Registry.Count(call.Calls, 1);
            return true;
        }
    }

    /// <summary>There was no room for a call: it waits again.</summary>
    /// <returns>False when it has been withdrawn meanwhile.</returns>
    public bool TryRequeue(PendingCall call)
    {
        lock (Registry.Lock)
        {
            // Withdrawn meanwhile: its end has taken it out of the table and off the count, and must not be undone.
            if (call.State is not CallState.Sent)
                return false;
            call.State = CallState.Queued;
            Remove(call);
            Registry.Count(call.Calls, -1);
            return true;
        }
    }

    /// <summary>The call that the server knows under this id; null when there is none that it could answer.</summary>
    public PendingCall? Find(JsonRpcId id)
    {
        // All ids of the gateway are integers; a string of the same digits is another id (JSON-RPC 2.0, 4).
        if (!id.TryGetInt64(out var number))
            return null;
        lock (Registry.Lock)
            return _calls.GetValueOrDefault(number);
    }

    public PendingCall[] Snapshot()
    {
        lock (Registry.Lock)
            return [.. _calls.Values];
    }

    /// <summary>Under the registry's lock.</summary>
    internal void Remove(PendingCall call) => _calls.Remove(call.ServerId);
}
