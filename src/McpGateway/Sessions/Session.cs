using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions;

/// <summary>How a session's client is connected, which decides when the session ends.</summary>
public enum SessionKind
{
    /// <summary>HTTP+SSE: all answers come on one stream, and the session ends with it.</summary>
    Sse,

    /// <summary>Streamable HTTP: answers come on each POST, and the session ends by DELETE or when idle.</summary>
    Streamable,
}

/// <summary>
/// One client's conversation with one server, with a child process of its own. Takes what the client sends; what the
/// child says is in Session.FromChild.cs, and what time does to it in Session.Life.cs.
/// </summary>
public sealed partial class Session : IChildListener
{
    private readonly RelayContext _context;
    private readonly CallRelay _relay;
    private readonly ClientRequests _asked = new();
    private readonly HeldMessages _held;
    private readonly Lock _lock = new();
    private readonly Action<Session, Task> _onEnded;
    private MessageStream? _general;
    private bool _initializeSeen;
    private bool _handshakeDone;
    private bool _begun;
    private volatile bool _draining;

    internal Session(
        SessionKind kind, ServerState server, SessionOwner owner, RelayContext context, Action<Session, Task> onEnded)
    {
        Kind = kind;
        Server = server;
        Owner = owner;
        _context = context;
        _onEnded = onEnded;
        _relay = new CallRelay(server, this, context);
        _held = new HeldMessages(context.Time, context.Budget);
        _activeAt = context.Time.GetTimestamp();
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
        _ = DeliverHeldAsync(stream, replaced);
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
        if (_relay.Calls.IsFull)
            return Refuse(request, Refusal.TooManyCalls);
        if (!_begun && request.Envelope.Method == McpMethod.Ping)
            return AnswerPing(request, replies);
        var isInitialize = request.Envelope.Method == McpMethod.Initialize;
        if (isInitialize && Interlocked.Exchange(ref _initializeSeen, true))
            return Refuse(request, Refusal.AlreadyInitialized);
        var call = new ClientCall(_relay.Calls, request.Envelope.Id, request, replies)
        {
            OnAnswer = isInitialize ? OnInitialized : null,
        };
        if (!_relay.Calls.TryAdd(call))
            return Refuse(request, Refusal.IdInFlight);
        return new Receipt(null, _relay.SendAsync(request, call, BeginWithHandshake(request)));
    }

    private Receipt ReceiveNotification(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        var handshake = BeginWithHandshake(notification);
        if (notification.Envelope.Method == McpMethod.Cancelled)
            CancelCall(notification);
        else if (notification.Envelope.Method == McpMethod.Initialized && _handshakeDone)
            notification.Dispose(); // the gateway has sent its own
        else
            return new Receipt(null, _relay.SendAsync(notification, handshake, cancellationToken));
        return default;
    }

    private Receipt ReceiveAnswer(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (_asked.TryTake(answer.Envelope.Id) is not { } childId)
        {
            // Forged, late, or another session's: in each case not the child's business.
            Drop(answer, "unknown-id");
            return default;
        }

        answer.ReplaceId(childId);
        return new Receipt(null, _relay.SendAsync(answer, handshake: false, cancellationToken));
    }

    private void CancelCall(JsonRpcMessage notification)
    {
        if (_relay.Calls.Find(notification.Envelope.CancelledId) is { IsInitialize: false } call && _relay.Calls.Remove(call))
        {
            _relay.Cancel(call, notification, string.Empty);
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

    // A client whose first message is not initialize is one that believes it already has.
    private bool BeginWithHandshake(JsonRpcMessage message)
    {
        lock (_lock)
        {
            // The first message may be one that is not sent on, and leave the child to be started by a later one.
            if (_begun)
                return _handshakeDone;
            _begun = true;
            if (message.Envelope is not { IsRequest: true, Method: McpMethod.Initialize })
            {
                _initializeSeen = _handshakeDone = true;
                ProtocolVersion = Sessions.ProtocolVersion.Latest;
            }

            return _handshakeDone;
        }
    }

    private void OnInitialized(JsonRpcMessage answer)
    {
        if (answer.Envelope.Kind is JsonRpcKind.Result)
            ProtocolVersion = Handshake.ReadProtocolVersion(answer.Envelope.Result.In(answer.Utf8));
        else
            EndAfterCalls(); // what was not initialized is no session
    }

    private static Receipt Refuse(JsonRpcMessage message, Refusal refusal)
    {
        message.Dispose();
        return refusal;
    }

    private void Drop(JsonRpcMessage message, string reason)
    {
        message.Dispose();
        _context.Metrics.MessageDropped(Server.Name, reason);
    }
}
