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
/// A child that one session has to itself: what either side says passes, but for the ids. The client does the handshake,
/// so the child knows whom it serves.
/// </summary>
internal sealed class DedicatedChild : IBackendSession, IChildObserver
{
    private static readonly JsonRpcError NotAsked = new(
        JsonRpcErrorCode.InvalidRequest, "A request with this id, or too many others, still wait for the client.");

    // Kept for the session's life. Real ones are under a kilobyte; beyond this the session ends with its child.
    private const int LongestHandshake = 64 * 1024;

    private readonly Session _session;
    private readonly SupervisionContext _context;
    private readonly ChildSupervisor _supervisor;
    private readonly ServerRequestTable _serverRequests = new(hidesProgressTokens: false);
    private readonly SessionStateReplay _state = new();
    private Handshake? _handshake;
    private bool _clientShakesHands;

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

    // A client whose first message is not initialize is one that believes it already has.
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
        return _supervisor.Sender.CallAsync(request, call, _handshake);
    }

    public ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        if (notification.Envelope.Method != McpMethod.Initialized || _clientShakesHands)
            return _supervisor.Sender.SendAsync(notification, _handshake, cancellationToken);
        notification.Dispose(); // the gateway has sent its own
        return default;
    }

    public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (_serverRequests.TryTake(_session, answer.Envelope.Id) is not { } serverRequest)
        {
            Drop(answer, "unknown-id"); // forged, late, or another session's: in each case not the child's business
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
        foreach (var request in _state.Requests())
            await _supervisor.Sender.TellAsync(child, request);
        foreach (var notification in ListsChanged.For(_supervisor.InitializeResult))
            await _session.DeliverAsync(notification, null);
    }

    ValueTask IChildObserver.OnMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        if (child.IsLost)
        {
            // A descendant may hold its output open, and nobody waits for answers to its requests.
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
        if (isFinal || _handshake is null || _session.Server.Config.OnExit is OnExit.Terminate)
            _session.OnServerLost(error);
        else
            CancelServerRequests();
    }

    Task? IChildObserver.TryEndIfUnused() => null; // its session uses it

    private void CancelServerRequests() => _ = ServerRequestCancellation.SendAsync(_serverRequests.TakeAll(_session), _context);

    // What the client declares, and what it is told, holds for later children too.
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

        // Only its own progress keeps a call alive, not what is put on its stream because there is no other.
        if (notification.Envelope.Method == McpMethod.Progress && call?.ProgressToken == notification.Envelope.ProgressToken)
            call.Touch();
        return _session.DeliverAsync(notification, call);
    }

    // The call that a message belongs to: the one whose token or task it names, else the only one there is.
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
