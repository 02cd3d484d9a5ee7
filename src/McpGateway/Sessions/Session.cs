using McpGateway.JsonRpc;
using McpGateway.Servers;
using McpGateway.Sessions.Children;

namespace McpGateway.Sessions;

/// <summary>How a session's client is connected, which decides when the session ends.</summary>
public enum SessionKind
{
    /// <summary>HTTP+SSE: all answers come on one stream, and the session ends with it.</summary>
    Sse,

    /// <summary>Streamable HTTP: answers come on each POST, and the session ends by DELETE or when idle.</summary>
    Streamable,

    /// <summary>
    /// Opened by the gateway for all of one user's calls without a session. Its callers know nothing of each other: their
    /// ids may collide, and what the child says goes to the call that it names or to nobody.
    /// </summary>
    Implicit,
}

/// <summary>
/// One client's conversation with one server. Takes what the client sends; how the child's messages reach the client is
/// in Session.ToClient.cs, and what time does to it in Session.Life.cs.
/// </summary>
public sealed partial class Session
{
    private readonly RelayContext _context;
    private readonly CallTable _calls;
    private readonly HeldMessages _held;
    private readonly ISeat _seat;
    private readonly Lock _lock = new();
    private readonly Action<Session, Task> _onEnded;
    private MessageStream? _general;
    private long _lastKey;
    private bool _begun;
    private volatile bool _isReady;
    private volatile bool _draining;

    /// <param name="kind">How its client is connected.</param>
    /// <param name="server">Whose session it is.</param>
    /// <param name="owner">Who opened it.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="takeSeat">Makes its place at a child.</param>
    /// <param name="onEnded">Told once, with what completes when the session's child is gone.</param>
    internal Session(
        SessionKind kind, ServerState server, SessionOwner owner, RelayContext context, Func<Session, ISeat> takeSeat,
        Action<Session, Task> onEnded)
    {
        Kind = kind;
        Server = server;
        Owner = owner;
        _context = context;
        _onEnded = onEnded;
        _calls = new CallTable(server.Name, context.Time, context.Metrics);
        _held = new HeldMessages(context.Time, context.Budget);
        _activeAt = context.Time.GetTimestamp();
        _seat = takeSeat(this);
        _isReady = !IsShared; // else it is not the child who knows when
    }

    public string Id { get; } = SessionId.Create();

    public SessionKind Kind { get; }

    public ServerState Server { get; }

    public SessionOwner Owner { get; }

    /// <summary>The revision that client and server settled on; null before they have, the latest when the gateway did the handshake.</summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>The open stream for what belongs to no call; null when there is none. An SSE session has all on it.</summary>
    public MessageStream? Stream
    {
        get
        {
            lock (_lock)
                return _general is { IsOpen: true } ? _general : null;
        }
    }

    internal CallTable Calls => _calls;

    private bool IsShared => _seat is SharedSeat;

    /// <summary>Takes a message of the client's.</summary>
    /// <param name="message">Owned by the session from here on, also when it is refused.</param>
    /// <param name="replies">Where a request's answer, and what belongs to it, is to go.</param>
    /// <param name="cancellationToken">Stops waiting for room for a notification or an answer.</param>
    public Receipt Receive(JsonRpcMessage message, MessageStream replies, CancellationToken cancellationToken)
    {
        if (IsEnded)
            return Refuse(message, Refusal.SessionNotFound);
        Touch();
        return message.Envelope.Kind switch
        {
            JsonRpcKind.Request => ReceiveRequest(message, replies),
            JsonRpcKind.Notification => ReceiveNotification(message, cancellationToken),
            _ => ReceiveAnswer(message, cancellationToken),
        };
    }

    /// <summary>Nobody waits any more for what was to go to this stream: the child is told.</summary>
    public void CancelFor(MessageStream replies)
    {
        foreach (var call in _calls.Snapshot())
        {
            if (ReferenceEquals(call.Replies, replies) && _calls.Remove(call))
                _seat.Cancel(call, null, "the client has gone");
        }
    }

    /// <summary>Takes no more requests; what belongs to those in flight still passes.</summary>
    internal void Drain() => _draining = true;

    /// <summary>Opens the stream for what belongs to no call; an older one ends, for a half-open connection must not keep the client out.</summary>
    public MessageStream OpenStream()
    {
        var stream = MessageStream.Lasting(_context.Budget, _context.Time);
        MessageStream? replaced;
        lock (_lock)
        {
            replaced = _general;
            _general = stream;
        }

        Touch();
        if (_isReady)
            _ = DeliverHeldAsync(stream, replaced);
        else
            replaced?.End();
        if (IsEnded)
            stream.End();
        return stream;
    }

    /// <summary>The stream's client is gone.</summary>
    public void CloseStream(MessageStream stream)
    {
        stream.Abandon();
        lock (_lock)
        {
            if (!ReferenceEquals(_general, stream))
                return;
            _general = null;
        }

        Touch();
        if (Kind is SessionKind.Sse)
            EndSoon();
    }

    private Receipt ReceiveRequest(JsonRpcMessage request, MessageStream replies)
    {
        if (IsEnding)
            return Refuse(request, Refusal.SessionNotFound);
        if (_draining)
            return Refuse(request, Refusal.Draining);
        if (_calls.IsFull)
            return Refuse(request, Refusal.TooManyCalls);
        if (!Volatile.Read(ref _begun) && Kind is not SessionKind.Implicit && request.Envelope.Method == McpMethod.Ping)
            return AnswerPing(request, replies);
        if (Begin(request) is { } refusal)
            return Refuse(request, refusal);
        var call = new ClientCall(_calls, KeyOf(request), request, replies)
        {
            Seat = _seat as SharedSeat,
            OnAnswer = request.Envelope.Method == McpMethod.Initialize ? OnInitialized : null,
        };
        if (!_calls.TryAdd(call))
            return Refuse(request, Refusal.IdInFlight);
        return new Receipt(null, _seat.CallAsync(request, call));
    }

    private Receipt ReceiveNotification(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        if (Begin(notification) is { } refusal)
            return Refuse(notification, refusal);
        if (notification.Envelope.Method != McpMethod.Cancelled)
            return new Receipt(null, _seat.NotifyAsync(notification, cancellationToken));
        CancelCall(notification);
        return default;
    }

    private Receipt ReceiveAnswer(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _begun))
            return new Receipt(null, _seat.AnswerAsync(answer, cancellationToken));
        Drop(answer, "unknown-id"); // nobody has asked anything yet
        return default;
    }

    private void CancelCall(JsonRpcMessage notification)
    {
        if (_calls.Find(notification.Envelope.CancelledId) is { IsInitialize: false } call && _calls.Remove(call))
        {
            _seat.Cancel(call, notification, string.Empty);
            call.Replies.Release();
        }
        else
        {
            Drop(notification, "unknown-id");
        }
    }

    // A client may ping before it initializes: then there is no child yet that could answer.
    private static Receipt AnswerPing(JsonRpcMessage ping, MessageStream replies)
    {
        using (ping)
            return new Receipt(null, replies.AnswerAsync(JsonRpcMessage.CreateResult(ping.Envelope.Id, "{}"u8)));
    }

    // The first message settles how the session begins. One that is not initialize comes from a client that believes it
    // already has (EventSource reconnects that way), or from callers without a session.
    private Refusal? Begin(JsonRpcMessage message)
    {
        var isInitialize = message.Envelope is { IsRequest: true, Method: McpMethod.Initialize };
        lock (_lock)
        {
            if (_begun)
            {
                if (isInitialize)
                    return Kind is SessionKind.Implicit ? null : Refusal.AlreadyInitialized;
            }
            else if (_seat.Begin(message) is { } refusal)
            {
                return refusal;
            }
            else
            {
                _begun = true;
                if (!isInitialize)
                    ProtocolVersion = Sessions.ProtocolVersion.Latest;
            }
        }

        if (!isInitialize && !_isReady && message.Envelope.Method != McpMethod.Ping)
            BecomeReady();
        return null;
    }

    private void BecomeReady()
    {
        _isReady = true;
        if (Stream is { } stream)
            _ = DeliverHeldAsync(stream, null);
    }

    private JsonRpcId KeyOf(JsonRpcMessage request) =>
        Kind is SessionKind.Implicit ? Interlocked.Increment(ref _lastKey) : request.Envelope.Id;

    private void OnInitialized(JsonRpcMessage answer)
    {
        if (answer.Envelope.Kind is JsonRpcKind.Result)
            ProtocolVersion = JsonMembers.FindText(answer.Envelope.Result.In(answer.Utf8), "protocolVersion"u8);
        else
            EndAfterCalls(); // what was not initialized is no session
    }

    private static Receipt Refuse(JsonRpcMessage message, Refusal refusal)
    {
        message.Dispose();
        return refusal;
    }

    private void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(Server.Name, message, reason);
}
