using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>How a session's client is connected, which decides when the session ends.</summary>
internal enum SessionKind
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
/// One client's conversation with one server: whose it is, where it sits, and the stream that its client listens on. What
/// the client sends is in Session.FromClient.cs, how the child's messages reach the client in Session.ToClient.cs, and what
/// time does to it in Session.Life.cs.
/// </summary>
internal sealed partial class Session
{
    private readonly SessionContext _context;
    private readonly HeldMessages _held;
    private readonly IBackendSession _backend;
    private readonly Lock _lock = new();
    private readonly Action<Session, Task> _onEnded;
    private ResponseStream? _general;
    private volatile Refusal? _drained;

    /// <param name="kind">How its client is connected.</param>
    /// <param name="server">Whose session it is.</param>
    /// <param name="owner">Who opened it.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="createBackend">Creates its part of the backend.</param>
    /// <param name="onEnded">Told once, with what completes when the session's child is gone.</param>
    /// <param name="user">What its user brought along for the child's environment; null for nothing.</param>
    internal Session(
        SessionKind kind, ServerState server, SessionOwner owner, SessionContext context, Func<Session, IBackendSession> createBackend,
        Action<Session, Task> onEnded, UserEnvironment? user = null)
    {
        Id = SessionId.Create(context.Replica);
        Kind = kind;
        Server = server;
        Owner = owner;
        User = user;
        _context = context;
        _onEnded = onEnded;
        Calls = new SessionCalls(this);
        _held = new HeldMessages(context.Time, context.Budget);
        _activeAt = context.Time.GetTimestamp();
        _backend = createBackend(this);
        _isReady = !IsShared; // else it is not the child who knows when
    }

    public string Id { get; }

    public SessionKind Kind { get; }

    public ServerState Server { get; }

    public SessionOwner Owner { get; }

    /// <summary>What its user brought along for the child's environment when it was opened; null for nothing.</summary>
    internal UserEnvironment? User { get; }

    /// <summary>The revision that client and server settled on; null before they have, the latest when the gateway did the handshake.</summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>The open stream for what belongs to no call; null when there is none. An SSE session has all on it.</summary>
    public ResponseStream? Stream
    {
        get
        {
            lock (_lock)
                return _general is { IsOpen: true } ? _general : null;
        }
    }

    internal SessionCalls Calls { get; }

    private bool IsShared => _backend.IsShared;

    /// <summary>Opens the stream for what belongs to no call; an older one ends, for a half-open connection must not keep the client out.</summary>
    /// <param name="via">The replica that its client is connected to; null: this one.</param>
    public ResponseStream OpenStream(string? via = null)
    {
        var stream = ResponseStream.Lasting(_context.Budget, _context.Time);
        stream.Via = via;
        ResponseStream? replaced;
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
    public void CloseStream(ResponseStream stream)
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

    private void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(Server.Name, message, reason);
}
