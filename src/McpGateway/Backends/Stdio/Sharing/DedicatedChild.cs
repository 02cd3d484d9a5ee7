using System.Text;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// A child that only one session uses. Messages pass unchanged in both directions, except for their ids. The client does the
/// handshake, so the child knows the client's real capabilities.
/// </summary>
internal sealed class DedicatedChild : IBackendSession, IChildObserver
{
    private static readonly JsonRpcError NotAsked = new(
        JsonRpcErrorCode.InvalidRequest, "A request with this id is already waiting for the client, or too many others are.");

    // Kept as long as the session. Real ones have less than a kilobyte. With more than this, the session ends with its child.
    private const int LongestHandshake = 64 * 1024;

    private readonly Session _session;
    private readonly SupervisionContext _context;
    private readonly ChildSupervisor _supervisor;
    private readonly ServerRequestTable _serverRequests = new(hidesProgressTokens: false);
    private readonly SessionStateReplay _state = new();
    private Handshake? _handshake;
    private bool _clientShakesHands;
    private volatile bool _isAccepted;
    private bool _isInitialized;

    public DedicatedChild(Session session, ProcessSlot slot, SupervisionContext context)
    {
        _session = session;
        _context = context;
        Calls = new CallRegistry(session.Server.Name, isShared: false, context.Time, context.Metrics);
        _supervisor = new ChildSupervisor(slot, this, Calls, context, session.User);
        ListedItems = new ListedItems(request => _supervisor.Sender.AskAsync(request, _handshake));
    }

    public bool IsShared => false;

    public CallRegistry Calls { get; }

    public ListedItems ListedItems { get; }

    public bool AwaitsClient => _serverRequests.AnyWithoutCall(_session);

    // A client that does not begin with initialize believes that its session still exists. The gateway does the handshake for it.
    public Refusal? Begin(JsonRpcMessage first)
    {
        _clientShakesHands = first.Envelope is { IsRequest: true, Method: McpMethod.Initialize };
        _handshake = _clientShakesHands ? null : Handshake.WithoutCapabilities;
        return null;
    }

    public ValueTask CallAsync(JsonRpcMessage request, ClientCall call)
    {
        if (call.IsInitialize)
            WatchHandshake(request, call);
        else
            _state.Watch(request, call);
        // Some clients never send it, or send it without the session's id: strict servers would refuse all their calls.
        var isOwed = _isAccepted && call.Method != McpMethod.Ping && TryInitialize();
        return isOwed ? InitializeAndCallAsync(request, call) : _supervisor.Sender.CallAsync(request, call, _handshake);
    }

    public ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        if (notification.Envelope.Method != McpMethod.Initialized || (_clientShakesHands && TryInitialize()))
            return _supervisor.Sender.SendAsync(notification, _handshake, cancellationToken);
        notification.Dispose(); // the gateway has sent its own
        return default;
    }

    public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (_serverRequests.TryTake(_session, answer.Envelope.Id) is not { } serverRequest)
        {
            Drop(answer, "unknown-id"); // forged, late or for another session: the child must not see it
            return default;
        }

        answer.ReplaceId(serverRequest.ServerId);
        return _supervisor.Sender.AnswerAsync(serverRequest, answer, cancellationToken);
    }

    public void Refuse(JsonRpcMessage request, JsonRpcError error)
    {
        using (request)
            _serverRequests.TryTake(_session, request.WrittenId)?.Refuse(error);
    }

    public void Tick(long now) => _supervisor.Tick(now);

    public Task EndAsync() => _supervisor.CloseAsync();

    async Task IChildObserver.RestoreAsync(ChildConnection child)
    {
        ListedItems.Clear();
        _isInitialized = true; // by the gateway's handshake
        foreach (var request in _state.Requests())
            await _supervisor.Sender.TellAsync(child, request);
        foreach (var notification in ListsChanged.For(_supervisor.InitializeResult))
            await _session.DeliverAsync(notification, null);
    }

    ValueTask IChildObserver.OnMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        if (child.IsLost)
        {
            // A descendant may still write to the lost child's output. Its requests could not be answered.
            Drop(message, "child-gone");
            return default;
        }

        var call = CallOf(message.Envelope);
        if (!message.Envelope.IsRequest)
            return OnNotificationAsync(message, call, child);
        if (_serverRequests.TryAdd(_session, message, call, child))
            return _session.DeliverAsync(message, call);
        using (message)
            child.TrySend(JsonRpcMessage.CreateError(message.Envelope.Id, NotAsked));
        return default;
    }

    void IChildObserver.OnHibernated() => CancelServerRequests();

    void IChildObserver.OnLost(JsonRpcError error, bool isFinal)
    {
        // A session can go on only with a handshake that the gateway can repeat.
        if (isFinal || _handshake is null || _session.Server.Config.OnExit is OnExit.Terminate)
            _session.OnServerLost(error);
        else
            CancelServerRequests();
    }

    Task? IChildObserver.TryEndIfUnused() => null; // its session uses it

    // Once: the client's and the gateway's may come at the same time.
    private bool TryInitialize() => !Interlocked.Exchange(ref _isInitialized, true);

    private async ValueTask InitializeAndCallAsync(JsonRpcMessage request, ClientCall call)
    {
        await _supervisor.Sender.SendAsync(Handshake.Initialized(), _handshake, CancellationToken.None);
        await _supervisor.Sender.CallAsync(request, call, _handshake);
    }

    private void CancelServerRequests() => _ = ServerRequestCancellation.SendAsync(_serverRequests.TakeAll(_session), _context);

    // Remembered for later children: what the client has declared, and what it was told about the server.
    private void WatchHandshake(JsonRpcMessage initialize, ClientCall call)
    {
        var parameters = initialize.Envelope.Params.In(initialize.Utf8);
        var handshake = parameters.Length is > 0 and <= LongestHandshake
            ? new Handshake(Encoding.UTF8.GetString(parameters)) : null;
        call.OnAnswer += answer =>
        {
            if (answer.Envelope.Kind is not JsonRpcKind.Result)
                return;
            _handshake = handshake;
            _isAccepted = true;
            _supervisor.Confirm(answer.Envelope.Result.In(answer.Utf8).ToArray());
        };
    }

    private ValueTask OnNotificationAsync(JsonRpcMessage notification, ClientCall? call, ChildConnection child)
    {
        if (McpMethod.IsListChanged(notification.Envelope.Method))
            ListedItems.Clear();
        if (notification.Envelope.Method == McpMethod.Cancelled)
        {
            if (_serverRequests.TryTake(child, notification.Envelope.CancelledId) is not { } serverRequest)
            {
                Drop(notification, "unknown-id");
                return default;
            }

            notification.ReplaceId(serverRequest.ClientId);
        }

        // Only progress under the call's own token resets its time-out, not what is sent on its stream for want of another.
        if (notification.Envelope.Method == McpMethod.Progress && call?.ProgressToken == notification.Envelope.ProgressToken)
            call.Touch();
        return _session.DeliverAsync(notification, call);
    }

    // The call to which a message belongs: the one whose token or task it names, otherwise the only one in flight.
    private ClientCall? CallOf(in JsonRpcEnvelope envelope)
    {
        var calls = _session.Calls;
        var named = envelope.Method == McpMethod.Progress ? calls.FindByProgressToken(envelope.ProgressToken) : null;
        if (named is null && envelope.Task is { } task)
            named = calls.FindByTask(task);
        return named ?? calls.Only();
    }

    private void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(_session.Server.Name, message, reason);
}
