using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions.Children;

/// <summary>
/// A child that one session has to itself: what either side says passes, but for the ids. The client does the handshake,
/// so the child knows whom it serves.
/// </summary>
internal sealed class OwnChild : ISeat, IChildListener
{
    private static readonly JsonRpcError NotAsked = new(
        JsonRpcErrorCode.InvalidRequest, "A request with this id, or too many others, still wait for the client.");

    private readonly Session _session;
    private readonly RelayContext _context;
    private readonly ChildLine _line;
    private readonly ClientRequests _asked = new(hidesProgressTokens: false);
    private Handshake? _handshake;

    public OwnChild(Session session, RelayContext context)
    {
        _session = session;
        _context = context;
        _line = new ChildLine(session.Server, this, context);
    }

    public bool ClientIsAsked => _asked.AnyWithoutCall(_session);

    // A client whose first message is not initialize is one that believes it already has.
    public Refusal? Begin(JsonRpcMessage first)
    {
        _handshake = first.Envelope is { IsRequest: true, Method: McpMethod.Initialize } ? null : Handshake.WithoutCapabilities;
        return null;
    }

    public async ValueTask CallAsync(JsonRpcMessage request, ClientCall call) => await _line.CallAsync(request, call, _handshake);

    public ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        if (notification.Envelope.Method != McpMethod.Initialized || _handshake is null)
            return _line.SendAsync(notification, _handshake, cancellationToken);
        notification.Dispose(); // the gateway has sent its own
        return default;
    }

    public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (_asked.TryTake(_session, answer.Envelope.Id) is not { } asked)
        {
            // Forged, late, or another session's: in each case not the child's business.
            _context.Metrics.Drop(_session.Server.Name, answer, "unknown-id");
            return default;
        }

        answer.ReplaceId(asked.ChildId);
        return _line.SendAsync(answer, _handshake, cancellationToken);
    }

    public void Cancel(ClientCall call, JsonRpcMessage? cancellation, string reason)
    {
        call.Abandon();
        // Not initialize, which cannot be cancelled; else it was not sent yet, or its answer is on the way.
        if (_line.Child is { } child && child.Forget(call) && !call.IsInitialize)
            child.TrySend(Cancellation.For(call.ChildId, cancellation, reason));
        else
            cancellation?.Dispose();
    }

    public void Refuse(JsonRpcMessage request, JsonRpcError error)
    {
        _asked.TryTake(request.Envelope.Id);
        _line.Refuse(request, error);
    }

    public Task EndAsync() => _line.CloseAsync();

    ValueTask IChildListener.OnMessageAsync(JsonRpcMessage message)
    {
        var call = CallOf(message.Envelope);
        if (!message.Envelope.IsRequest)
            return OnNotificationAsync(message, call);
        if (_asked.TryAsk(_session, message, call))
            return _session.DeliverAsync(message, call);
        _line.Refuse(message, NotAsked);
        return default;
    }

    void IChildListener.OnLost(JsonRpcError error) => _session.OnChildLost(error);

    private ValueTask OnNotificationAsync(JsonRpcMessage notification, ClientCall? call)
    {
        if (notification.Envelope.Method == McpMethod.Cancelled)
        {
            if (_asked.TryTake(notification.Envelope.CancelledId) is not { } asked)
            {
                _context.Metrics.Drop(_session.Server.Name, notification, "unknown-id");
                return default;
            }

            notification.ReplaceId(asked.ClientId);
        }

        // Only its own progress keeps a call alive, not what comes to it for want of another.
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
}
