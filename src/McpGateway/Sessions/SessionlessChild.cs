using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions;

/// <summary>
/// The child that serves one user's calls without a session. Several callers may share it, so their ids and progress
/// tokens are all rewritten, and what the child says goes to the call it names or to nobody. The gateway did the
/// handshake and declared no client capabilities.
/// </summary>
internal sealed class SessionlessChild : IChildListener
{
    private static readonly JsonRpcError NoClient = new(
        JsonRpcErrorCode.MethodNotFound, "There is no session: the client cannot be asked.");

    private readonly RelayContext _context;
    private readonly CallRelay _relay;
    private readonly Action<SessionlessChild, Task> _onEnded;
    private readonly Lock _lock = new();
    private Task? _ending;
    private long _lastKey;
    private long _activeAt;

    public SessionlessChild(
        ServerState server, SessionOwner owner, RelayContext context, Action<SessionlessChild, Task> onEnded)
    {
        Server = server;
        Owner = owner;
        _context = context;
        _onEnded = onEnded;
        _relay = new CallRelay(server, this, context);
        _activeAt = context.Time.GetTimestamp();
    }

    public ServerState Server { get; }

    public SessionOwner Owner { get; }

    public bool IsEnded => Volatile.Read(ref _ending) is not null;

    public bool HasCallsInFlight => _relay.Calls.Count > 0;

    /// <summary>Takes one request; its answer, and what names it, come on the stream.</summary>
    public Receipt Receive(JsonRpcMessage request, MessageStream replies)
    {
        if (_relay.Calls.IsFull)
        {
            request.Dispose();
            return Refusal.TooManyCalls;
        }

        Volatile.Write(ref _activeAt, _context.Time.GetTimestamp());
        var key = Interlocked.Increment(ref _lastKey);
        var hasToken = !request.Envelope.ProgressToken.IsNone;
        var call = new ClientCall(_relay.Calls, key, request, replies) { ChildProgressToken = hasToken ? key : default };
        if (hasToken)
            request.ReplaceProgressToken(key);
        if (!_relay.Calls.TryAdd(call))
            throw new InvalidOperationException("A key was given out twice.");
        return new Receipt(null, call.IsInitialize ? AnswerInitializeAsync(request, call) : _relay.SendAsync(request, call, handshake: true));
    }

    public void Cancel(MessageStream replies) => _relay.CancelFor(replies);

    public async Task TickAsync(long now)
    {
        await _relay.TickAsync(now, paused: false);
        if (HasCallsInFlight)
            Volatile.Write(ref _activeAt, now); // it is idle from its last answer on
        var idle = _context.Time.GetElapsedTime(Volatile.Read(ref _activeAt), now) >= Server.Config.IdleTimeout;
        if ((idle || Server.IsRetired) && !HasCallsInFlight)
            await EndAsync(Refusal.SessionNotFound.Error);
    }

    public MessageStream? Slowest() => _relay.Calls.Snapshot().Select(call => call.Replies).MaxBy(stream => stream.QueuedBytes);

    public Task EndAsync(JsonRpcError error)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return _ending;
            _ending = Task.Run(() => _relay.EndAsync(error));
        }

        _onEnded(this, _ending);
        return _ending;
    }

    async ValueTask IChildListener.OnMessageAsync(JsonRpcMessage message)
    {
        var envelope = message.Envelope;
        if (envelope.IsRequest)
        {
            using (message)
                AnswerChild(envelope);
        }
        else if (envelope.Method == McpMethod.Progress && _relay.Calls.FindByProgressToken(envelope.ProgressToken) is { } call)
        {
            call.Touch();
            message.ReplaceProgressToken(call.ProgressToken);
            if (!await call.Replies.WriteAsync(message))
                _relay.Calls.Undeliverable(message);
        }
        else
        {
            message.Dispose();
            _context.Metrics.MessageDropped(Server.Name, "no-session");
        }
    }

    void IChildListener.OnLost(JsonRpcError error) => _ = EndAsync(error);

    // The child was initialized once, by the gateway: whoever asks again is told what it said then.
    private async ValueTask AnswerInitializeAsync(JsonRpcMessage request, ClientCall call)
    {
        request.Dispose();
        var error = await _relay.TryConnectAsync(handshake: true);
        if (error is not null)
            await call.OnFailedAsync(error);
        else if (_relay.Calls.Remove(call))
            await call.EndAsync(JsonRpcMessage.CreateResult(call.ClientId, _relay.InitializeResult));
    }

    private void AnswerChild(in JsonRpcEnvelope request)
    {
        if (request.Method == McpMethod.Ping)
            _relay.Answer(JsonRpcMessage.CreateResult(request.Id, "{}"u8));
        else
            _relay.Answer(JsonRpcMessage.CreateError(request.Id, NoClient));
    }
}
