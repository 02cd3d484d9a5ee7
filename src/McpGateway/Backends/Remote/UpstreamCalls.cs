using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>The requests of one POST that a remote server answers on one stream of events.</summary>
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
        _calls.Join(new CallRegistry(server.Name, isShared: false, remote.Time, remote.Metrics));
    }

    /// <summary>Those that have no answer yet.</summary>
    public int Count => _calls.Count;

    public void Add(JsonRpcMessage request) => _calls.TryAdd(new ClientCall(_calls, request.Envelope.Id, request, _replies));

    public ClientCall? Find(JsonRpcId id) => _calls.Find(id);

    /// <summary>The one that has no answer yet, when there is just one.</summary>
    public ClientCall? Only() => _calls.Only();

    /// <summary>The server has said something: it is alive, and no longer waits for the client.</summary>
    public void Touch()
    {
        foreach (var call in _waiting)
            call.EndWaiting();
        _waiting = [];
        foreach (var call in _calls.Snapshot())
            call.Touch();
    }

    /// <summary>
    /// The server asks the client something, and the client's time is not the server's. The client's answer may come to another
    /// replica, so what the server says next ends the wait.
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
