using McpGateway.Diagnostics;
using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>The calls in flight to one child. Whoever removes a call answers it, so each is answered once.</summary>
internal sealed class CallRegistry(string server, TimeProvider time, GatewayMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<JsonRpcId, ClientCall> _calls = [];

    // As many as the child's queue holds: a client that wants more at once has to wait for answers.
    private static readonly int Capacity = QueueLimits.Default.Messages;

    public bool IsFull => Count >= Capacity;

    public long Now => time.GetTimestamp();

    public int Count
    {
        get
        {
            lock (_lock)
                return _calls.Count;
        }
    }

    /// <returns>False when a call with this key is in flight.</returns>
    public bool TryAdd(ClientCall call)
    {
        // First, or an end of the session in between would release what was not awaited yet.
        call.Replies.Await();
        lock (_lock)
        {
            if (_calls.TryAdd(call.Key, call))
                return true;
        }

        call.Replies.Release();
        return false;
    }

    /// <returns>Whether the caller is the one who removed it.</returns>
    public bool Remove(ClientCall call)
    {
        lock (_lock)
        {
            if (!_calls.TryGetValue(call.Key, out var found) || !ReferenceEquals(found, call) || !_calls.Remove(call.Key))
                return false;
        }

        call.ConcurrencyPermit?.Dispose();
        return true;
    }

    public ClientCall? Find(JsonRpcId key)
    {
        lock (_lock)
            return _calls.GetValueOrDefault(key);
    }

    /// <summary>The call whose progress the child reports under this token.</summary>
    public ClientCall? FindByProgressToken(JsonRpcId token) =>
        token.IsNone ? null : First(call => call.ProgressToken == token);

    /// <summary>The call that waits for this task.</summary>
    public ClientCall? FindByTask(string task) => First(call => call.Task == task);

    /// <summary>The call in flight when there is just one.</summary>
    public ClientCall? Only()
    {
        lock (_lock)
            return _calls.Count == 1 ? _calls.Values.First() : null;
    }

    /// <summary>The call that has been in flight the longest among those whose client still listens.</summary>
    public ClientCall? OldestListening()
    {
        lock (_lock)
            return _calls.Values.Where(call => call.Replies.IsOpen).MinBy(call => call.StartedAt);
    }

    public ClientCall[] Snapshot()
    {
        lock (_lock)
            return _calls.Count == 0 ? [] : [.. _calls.Values];
    }

    public void Undeliverable(JsonRpcMessage message) => metrics.Drop(server, message, "client-gone");

    private ClientCall? First(Func<ClientCall, bool> condition)
    {
        lock (_lock)
            return _calls.Values.FirstOrDefault(condition);
    }
}
