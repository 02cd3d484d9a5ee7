using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// One child that several sessions use: which sessions these are, and when it ends. It is kept for a while after its last
/// session, because the user may come back. It has a single client, the gateway, whose ids and progress tokens it sees.
/// </summary>
internal sealed class SharedChild : IChildObserver
{
    private readonly SupervisionContext _context;
    private readonly ChildSupervisor _supervisor;
    private readonly SharedChildRouter _router;
    private readonly Handshake _handshake;
    private readonly Action<SharedChild, Task> _onEnded;
    private readonly Lock _lock = new();
    private readonly HashSet<Session> _members = [];
    private Task? _ending;

    /// <param name="key">Which sessions it serves.</param>
    /// <param name="slot">The process slot for its first process.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="onEnded">Called once, with a task that completes when the process is gone.</param>
    public SharedChild(ChildKey key, ProcessSlot slot, SupervisionContext context, Action<SharedChild, Task> onEnded)
    {
        Key = key;
        _context = context;
        _onEnded = onEnded;
        var log = ServerLog.Create(context.Loggers, key.Server.Name);
        Calls = new CallRegistry(key.Server.Name, isShared: true, context.Time, context.Metrics)
        {
            OnAnswered = IssuedIds.Record,
        };
        _supervisor = new ChildSupervisor(slot, this, Calls, context, key.User);
        _handshake = Handshake.Declaring(key.Capabilities);
        Levels = new LogLevels(level => TellAsync(McpMethod.SetLevel, new() { ["level"] = level }), log);
        Subscriptions = new SharedSubscriptions(this, context.Budget, log);
        ListedItems = new ListedItems(request => _supervisor.Sender.AskAsync(request, _handshake));
        _router = new SharedChildRouter(this, new UnattributedLog(key.Server, log));
    }

    public ChildKey Key { get; }

    public CallRegistry Calls { get; }

    /// <summary>The requests that the child sent to clients and that they have not answered.</summary>
    public ServerRequestTable ServerRequests { get; } = new(hidesProgressTokens: true);

    public IssuedIds IssuedIds { get; } = new();

    public LogLevels Levels { get; }

    public SharedSubscriptions Subscriptions { get; }

    /// <summary>What the child has listed.</summary>
    public ListedItems ListedItems { get; }

    /// <summary>What the child answered to the gateway's initialize. Only after <see cref="ConnectAsync"/>.</summary>
    public ReadOnlySpan<byte> InitializeResult => _supervisor.InitializeResult;

    /// <summary>The only session that uses it; null when none does, or several do.</summary>
    public Session? OnlyMember
    {
        get
        {
            lock (_lock)
                return _members.Count == 1 ? _members.First() : null;
        }
    }

    /// <inheritdoc cref="ChildActivity.UsedAt"/>
    public long UsedAt => _supervisor.Activity.UsedAt;

    private ServerState Server => Key.Server;

    /// <summary>The sessions that use it.</summary>
    public Session[] Members()
    {
        lock (_lock)
            return [.. _members];
    }

    /// <inheritdoc cref="ChildActivity.Touch()"/>
    public void Touch() => _supervisor.Activity.Touch();

    /// <returns>False when it is about to end.</returns>
    public bool TryJoin(Session session)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return false;
            _supervisor.Activity.Touch();
            return _members.Add(session);
        }
    }

    /// <summary>Removes a session that has ended, and all that it wanted. Its calls have been cancelled before.</summary>
    public void Leave(Session session)
    {
        foreach (var request in ServerRequests.TakeAll(session))
            request.Refuse(SharedChildSession.ClientGone);
        lock (_lock)
            _members.Remove(session);
        Subscriptions.RemoveAll(session);
        Levels.Remove(session);
    }

    /// <summary>Starts the child, unless it was started before.</summary>
    /// <returns>Null when it is ready, otherwise the error to answer with.</returns>
    public Task<JsonRpcError?> ConnectAsync() => _supervisor.TryConnectAsync(_handshake);

    /// <summary>Whether the child has declared a capability.</summary>
    public bool Can(ReadOnlySpan<byte> capability) =>
        JsonMembers.TryFind(InitializeResult, "capabilities"u8, out var capabilities)
        && JsonMembers.TryFind(capabilities, capability, out _);

    /// <summary>Sends a session's call. It never fails: a call that cannot be sent is answered with an error.</summary>
    public ValueTask CallAsync(JsonRpcMessage request, ClientCall call) =>
        _supervisor.Sender.CallAsync(request, call, _handshake);

    public ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken) =>
        _supervisor.Sender.SendAsync(message, _handshake, cancellationToken);

    /// <inheritdoc cref="ChildSender.AnswerAsync"/>
    public ValueTask AnswerAsync(ServerRequest request, JsonRpcMessage answer, CancellationToken cancellationToken) =>
        _supervisor.Sender.AnswerAsync(request, answer, cancellationToken);

    /// <summary>Sends a request of the gateway's own. A child that is not running is told by RestoreAsync when it is.</summary>
    public Task TellAsync(string method, System.Text.Json.Nodes.JsonObject parameters) => _supervisor.Child is { } child
        ? _supervisor.Sender.TellAsync(child, GatewayCall.Request(method, parameters))
        : Task.CompletedTask;

    public void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(Server.Name, message, reason);

    /// <summary>The monitor's visit.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    public async Task TickAsync(long now)
    {
        var maximum = (long)(Server.Config.RequestMaximum.TotalSeconds * _context.Time.TimestampFrequency);
        Calls.ForgetUnansweredBefore(now - maximum); // a server need not answer a cancelled call (MCP, Cancellation)
        _supervisor.Tick(now);
        var keptReady = Key.ServesAll && Server.Config.Warm > 0;
        if (Server.IsRetired || (!keptReady && _context.Time.GetElapsedTime(UsedAt, now) >= Server.Config.IdleTimeout))
            await (TryEndIfUnused() ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public Task? TryEndIfUnused()
    {
        lock (_lock)
        {
            if (_ending is not null || _members.Count > 0)
                return null;
            _ending = Task.Run(() => EndCoreAsync(Refusal.SessionNotFound.Error));
        }

        _onEnded(this, _ending); // outside the lock: the manager takes its own there, and holds it when it calls TryJoin
        return _ending;
    }

    /// <summary>Ends it and the sessions that use it.</summary>
    /// <param name="error">What their calls in flight are answered with.</param>
    /// <returns>Completes when the process is gone; the same task for every caller.</returns>
    public Task EndAsync(JsonRpcError error)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return _ending;
            _ending = Task.Run(() => EndCoreAsync(error));
        }

        _onEnded(this, _ending);
        return _ending;
    }

    ValueTask IChildObserver.OnMessageAsync(JsonRpcMessage message, ChildConnection child) => _router.RouteAsync(message, child);

    async Task IChildObserver.RestoreAsync(ChildConnection child)
    {
        ListedItems.Clear();
        if (Levels.Told is { } level)
            await _supervisor.Sender.TellAsync(child, GatewayCall.Request(McpMethod.SetLevel, new() { ["level"] = level }));
        foreach (var uri in Subscriptions.Uris())
            await _supervisor.Sender.TellAsync(child, GatewayCall.Request(McpMethod.Subscribe, new() { ["uri"] = uri }));
        foreach (var notification in ListsChanged.For(InitializeResult))
            await SharedChildRouter.DeliverToAllAsync(notification, Members());
    }

    void IChildObserver.OnLost(JsonRpcError error, bool isFinal)
    {
        if (isFinal || Server.Config.OnExit is OnExit.Terminate)
            _ = EndAsync(error); // the manager awaits it
        else
            ForgetIssued();
    }

    void IChildObserver.OnHibernated() => ForgetIssued();

    // The ids and requests of a child end with it. The next child may issue the same ids.
    private void ForgetIssued()
    {
        IssuedIds.Clear();
        _ = ServerRequestCancellation.SendAsync(ServerRequests.TakeAll(), _context);
    }

    private async Task EndCoreAsync(JsonRpcError error)
    {
        foreach (var member in Members())
            member.OnServerLost(error);
        await _supervisor.CloseAsync();
        await Levels.ToldAsync();
    }
}
