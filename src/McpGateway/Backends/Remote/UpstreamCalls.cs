using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>The requests of one POST, which a remote server answers on one stream of events.</summary>
internal sealed class UpstreamCalls
{
    private readonly RemoteContext _remote;
    private readonly ServerConfig _server;
    private readonly ResponseStream _replies;
    private readonly SessionCalls _calls = new(session: null);
    private ClientCall[] _waiting = [];

    public UpstreamCalls(RemoteContext remote, ServerConfig server, ResponseStream replies)
    {
        _remote = remote;
        _server = server;
        _replies = replies;
        // A registry for this POST alone: the session is at the remote server, so nothing else of it is known here.
        _calls.Join(new CallRegistry(server.Name, isShared: false, remote.Time, remote.Metrics));
    }

    /// <summary>Those that have no answer yet.</summary>
    public int Count => _calls.Count;

    // Never refused: RemotePost has checked that no id occurs twice.
    public void Add(JsonRpcMessage request) => _calls.TryAdd(new ClientCall(_calls, request.Envelope.Id, request, _replies));

    public ClientCall? Find(JsonRpcId id) => _calls.Find(id);

    /// <summary>The only one without an answer; null when there is none, or several.</summary>
    public ClientCall? Only() => _calls.Only();

    /// <summary>The server has sent something: it is alive, and no longer waits for the client.</summary>
    public void Touch()
    {
        foreach (var call in _waiting)
            call.EndWaiting();
        _waiting = [];
        foreach (var call in _calls.Snapshot())
            call.Touch();
    }

    /// <summary>
    /// The server has sent a request to the client, whose time does not count as the server's. The client's answer may arrive at
    /// another replica, so the server's next message ends the wait.
    /// </summary>
    public void BeginWaiting()
    {
        if (_waiting.Length > 0)
            return;
        _waiting = _calls.Snapshot();
        foreach (var call in _waiting)
            call.BeginWaiting();
    }

    /// <summary>Answers all that have no answer yet.</summary>
    public async Task FailAsync(JsonRpcError error)
    {
        foreach (var call in _calls.Snapshot())
            await call.FailAsync(error);
    }

    /// <summary>Answers those that have taken too long.</summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> FailOverdueAsync(long now)
    {
        var any = false;
        foreach (var call in _calls.Snapshot())
        {
            if (Overdue(call, now) is not { } timeout)
                continue;
            any = true;
            // Not withdrawn: notifications/cancelled would need another POST. When no call is left, the connection is closed.
            await call.FailAsync(UpstreamErrors.TimedOut(_server.Name, timeout.Setting));
        }

        return any;
    }

    private CallTimeout? Overdue(ClientCall call, long now) => CallTimeouts.Overdue(
        _server, startsChild: false,
        inFlight: _remote.Time.GetElapsedTime(call.StartedAt, now),
        silent: _remote.Time.GetElapsedTime(call.ActiveAt, now),
        call.WaitsForClient);
}
