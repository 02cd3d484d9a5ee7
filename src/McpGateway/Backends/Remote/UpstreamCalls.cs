using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The requests of one POST that a remote server answers on one stream of events. Whoever takes one out answers it, so each is
/// answered once. What the server sends counts as progress of all of them, since it need not name one.
/// </summary>
internal sealed class UpstreamCalls(
    RemoteContext remote, ServerConfig server, ResponseStream replies, IEnumerable<JsonRpcId> requests)
{
    private readonly Lock _lock = new();
    private readonly HashSet<JsonRpcId> _pending = [.. requests];
    private readonly long _startedAt = remote.Time.GetTimestamp();
    private long _activeAt = remote.Time.GetTimestamp();
    private bool _waitsForClient;

    /// <summary>How many have no answer yet.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <summary>The server has sent something: it is alive, and no longer waits for the client.</summary>
    public void Touch()
    {
        lock (_lock)
            (_activeAt, _waitsForClient) = (remote.Time.GetTimestamp(), false);
    }

    /// <summary>
    /// The server asks the client something, and the client's time is not the server's. The client's answer may come to another
    /// replica, so what the server sends next ends the wait.
    /// </summary>
    public void BeginWaiting()
    {
        lock (_lock)
            _waitsForClient = true;
    }

    /// <returns>Whether the caller is the one to answer it.</returns>
    public bool TryTake(JsonRpcId id)
    {
        lock (_lock)
            return _pending.Remove(id);
    }

    /// <summary>Answers the one request that has no answer yet, when there is just one.</summary>
    public Task FailOnlyAsync(JsonRpcError error) => Count == 1 ? FailAsync(error) : Task.CompletedTask;

    /// <summary>Answers all that have no answer yet.</summary>
    public async Task FailAsync(JsonRpcError error)
    {
        JsonRpcId[] failed;
        lock (_lock)
        {
            failed = [.. _pending];
            _pending.Clear();
        }

        foreach (var id in failed)
            await replies.WriteOrDisposeAsync(JsonRpcMessage.CreateError(id, error));
    }

    /// <summary>Answers them if they have taken too long.</summary>
    /// <returns>Whether they have.</returns>
    public async Task<bool> FailOverdueAsync(long now)
    {
        if (Count == 0 || Overdue(now) is not { } timeout)
            return false;
        await FailAsync(UpstreamErrors.TimedOut(server.Name, timeout.Setting));
        return true;
    }

    private CallTimeout? Overdue(long now)
    {
        lock (_lock)
        {
            return CallTimeouts.Overdue(
                server, startsChild: false,
                inFlight: remote.Time.GetElapsedTime(_startedAt, now),
                silent: remote.Time.GetElapsedTime(_activeAt, now),
                _waitsForClient);
        }
    }
}
