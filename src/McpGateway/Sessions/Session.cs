using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>
/// One client's conversation with one server: whose it is, and the parts that it is made of. <see cref="SessionIntake"/> takes
/// what the client sends, <see cref="SessionStreams"/> brings it what the server says, <see cref="SessionLifetime"/> ends it.
/// </summary>
internal sealed class Session
{
    private readonly SessionIntake _intake;
    private readonly SessionStreams _streams;
    private readonly SessionLifetime _lifetime;
    private readonly SessionDeparture _departure;

    /// <param name="kind">How its client is connected.</param>
    /// <param name="server">Which server it talks to.</param>
    /// <param name="owner">Who opened it.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="createBackend">Creates its part of the backend.</param>
    /// <param name="onEnded">Told once, with what completes when nothing of the session runs any more.</param>
    /// <param name="user">What its user brought along for the server's environment; null for nothing.</param>
    public Session(
        SessionKind kind, ServerState server, SessionOwner owner, SessionContext context,
        Func<Session, IBackendSession> createBackend, Action<Session, Task> onEnded, UserEnvironment? user = null)
    {
        Id = SessionId.Create(context.Replica);
        Kind = kind;
        Server = server;
        Owner = owner;
        User = user;
        // In this order: each part uses those before it, and the backend may read the properties above.
        Calls = new SessionCalls(this);
        Backend = createBackend(this);
        var rules = new SessionRules(this, context.Budget);
        _streams = new SessionStreams(this, rules, context);
        _lifetime = new SessionLifetime(this, _streams, context, onEnded);
        _departure = new SessionDeparture(this, _streams, _lifetime);
        _intake = new SessionIntake(this, rules, _streams, _lifetime, _departure);
    }

    public string Id { get; }

    public SessionKind Kind { get; }

    public ServerState Server { get; }

    public SessionOwner Owner { get; }

    /// <summary>What its user brought along for the server's environment when it was opened; null for nothing.</summary>
    public UserEnvironment? User { get; }

    /// <inheritdoc cref="SessionIntake.ProtocolVersion"/>
    public string? ProtocolVersion => _intake.ProtocolVersion;

    /// <inheritdoc cref="SessionStreams.Current"/>
    public ResponseStream? Stream => _streams.Current;

    public SessionCalls Calls { get; }

    public IBackendSession Backend { get; }

    public bool IsEnded => _lifetime.IsEnded;

    public bool HasCallsInFlight => Calls.Count > 0;

    /// <inheritdoc cref="SessionIntake.Receive"/>
    public Receipt Receive(
        JsonRpcMessage message, ResponseStream replies, CancellationToken cancellationToken, SenderRights rights = default) =>
        _intake.Receive(message, replies, rights, cancellationToken);

    /// <inheritdoc cref="SessionIntake.CancelFor"/>
    public void CancelFor(ResponseStream replies) => _intake.CancelFor(replies);

    /// <inheritdoc cref="SessionStreams.DeliverAsync"/>
    public ValueTask DeliverAsync(JsonRpcMessage message, ClientCall? call) => _streams.DeliverAsync(message, call);

    /// <inheritdoc cref="SessionStreams.TakeBack"/>
    // One delegate for all its streams: each POST has one.
    public Action<IReadOnlyList<JsonRpcMessage>> TakeBack => field ??= _streams.TakeBack;

    /// <inheritdoc cref="SessionStreams.Open"/>
    public ResponseStream OpenStream(string? via = null)
    {
        var stream = _streams.Open(via);
        _lifetime.Touch();
        return stream;
    }

    /// <summary>The stream's client is gone.</summary>
    public void CloseStream(ResponseStream stream)
    {
        if (_streams.TryClose(stream))
            _lifetime.OnStreamClosed();
    }

    /// <inheritdoc cref="SessionStreams.Slowest"/>
    public ResponseStream? Slowest() => _streams.Slowest();

    /// <inheritdoc cref="SessionLifetime.TryUse"/>
    public bool TryUse() => _lifetime.TryUse();

    /// <inheritdoc cref="SessionLifetime.IdleTime"/>
    public TimeSpan? IdleTime(long now) => _lifetime.IdleTime(now);

    /// <inheritdoc cref="SessionLifetime.EndUnused"/>
    public void EndUnused(TimeSpan idle) => _lifetime.EndUnused(idle);

    /// <inheritdoc cref="SessionLifetime.TickAsync"/>
    public Task TickAsync(long now) => _lifetime.TickAsync(now);

    /// <inheritdoc cref="SessionLifetime.EndAsync()"/>
    public Task EndAsync() => _lifetime.EndAsync();

    /// <inheritdoc cref="SessionLifetime.EndSoon"/>
    public void EndSoon() => _lifetime.EndSoon();

    /// <summary>The server is gone, and no other process can replace it.</summary>
    public void OnServerLost(JsonRpcError error) => _ = _lifetime.EndAsync(error); // the manager awaits it

    /// <inheritdoc cref="SessionDeparture.Begin"/>
    public void Drain(Refusal refusal) => _departure.Begin(refusal);

    /// <inheritdoc cref="SessionDeparture.LeaveAsync"/>
    public Task LeaveAsync() => _departure.LeaveAsync();

    /// <inheritdoc cref="SessionDeparture.LeaveVia"/>
    public void LeaveVia(string replica) => _departure.LeaveVia(replica);
}
