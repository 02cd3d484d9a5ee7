using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Sessions;

/// <summary>What the client sends, on its way to the session's seat at a child.</summary>
internal sealed partial class Session
{
    private long _lastKey;
    private bool _begun;
    private volatile bool _isReady;

    /// <summary>Takes a message of the client's.</summary>
    /// <param name="message">Owned by the session from here on, also when it is refused.</param>
    /// <param name="replies">Where a request's answer, and what belongs to it, is to go.</param>
    /// <param name="cancellationToken">Stops waiting for room for a notification or an answer.</param>
    /// <param name="rights">What its sender may do.</param>
    public Receipt Receive(
        JsonRpcMessage message, ResponseStream replies, CancellationToken cancellationToken, SenderRights rights = default)
    {
        if (IsEnded)
            return Refuse(message, Refusal.SessionNotFound);
        Touch();
        var rules = Server.Config.Tools;
        RequestedItem? item = null;
        if (rules is not null && new ItemPolicy(rules).Check(message, rights.Granted, out item) is { } refusal)
            return Refuse(message, refusal);
        return message.Envelope.Kind switch
        {
            JsonRpcKind.Request => ReceiveRequest(message, replies, rights.Quota, rules, item),
            JsonRpcKind.Notification => ReceiveNotification(message, cancellationToken),
            _ => ReceiveAnswer(message, cancellationToken),
        };
    }

    /// <summary>Nobody waits any more for what was to go to this stream: the child is told.</summary>
    public void CancelFor(ResponseStream replies)
    {
        foreach (var call in Calls.Snapshot())
        {
            if (ReferenceEquals(call.Replies, replies))
                call.TryCancel("the client has gone");
        }
    }

    private Receipt ReceiveRequest(
        JsonRpcMessage request, ResponseStream replies, ClientQuota? quota, ServerToolsConfig? rules, RequestedItem? item)
    {
        if (IsEnding)
            return Refuse(request, Refusal.SessionNotFound);
        if (_drained is { } drained)
            return Refuse(request, drained);
        if (Calls.IsFull)
            return Refuse(request, Refusal.TooManyCalls);
        if (!Volatile.Read(ref _begun) && Kind is not SessionKind.Implicit && request.Envelope.Method == McpMethod.Ping)
            return AnswerPing(request, replies);
        if (ConcurrencyPermit.TryAcquire(quota, [request], out var permit) is { } busy)
            return Refuse(request, busy);
        if (Begin(request) is { } refusal)
        {
            permit?.Dispose();
            return Refuse(request, refusal);
        }

        var call = new ClientCall(Calls, KeyOf(request), request, replies)
        {
            ConcurrencyPermit = permit,
            Filter = FilterFor(request),
            OnAnswer = request.Envelope.Method == McpMethod.Initialize ? OnInitialized : null,
        };
        if (Calls.TryAdd(call))
        {
            return new Receipt(null, permit is null
                ? CallAsync(request, call, rules, item)
                : CallWithPermitAsync(request, call, permit, rules, item));
        }

        permit?.Dispose();
        return Refuse(request, Refusal.IdInFlight);
    }

    // A call that waits for its permit is in the table already: it can be cancelled, it times out, its client hears keep-alives.
    private async ValueTask CallWithPermitAsync(
        JsonRpcMessage request, ClientCall call, ConcurrencyPermit permit, ServerToolsConfig? rules, RequestedItem? item)
    {
        switch (await permit.Outcome)
        {
            case PermitOutcome.Admitted when call.IsOpen:
                call.Touch();
                await CallAsync(request, call, rules, item);
                break;
            case PermitOutcome.Refused:
                request.Dispose();
                await call.FailAsync(Refusal.TooManyAtATime.Error);
                break;
            default:
                request.Dispose(); // whoever took the call out of the table has answered it
                break;
        }
    }

    private Receipt ReceiveNotification(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        if (Begin(notification) is { } refusal)
            return Refuse(notification, refusal);
        if (notification.Envelope.Method != McpMethod.Cancelled)
            return new Receipt(null, _backend.NotifyAsync(notification, cancellationToken));
        CancelCall(notification);
        return default;
    }

    private Receipt ReceiveAnswer(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _begun))
            return new Receipt(null, _backend.AnswerAsync(answer, cancellationToken));
        Drop(answer, "unknown-id"); // nobody has asked anything yet
        return default;
    }

    private void CancelCall(JsonRpcMessage notification)
    {
        if (Calls.Find(notification.Envelope.CancelledId) is not { IsCancellable: true } call || !call.TryCancel(string.Empty, notification))
            Drop(notification, "unknown-id");
    }

    // A client may ping before it initializes: then there is no child yet that could answer.
    private static Receipt AnswerPing(JsonRpcMessage ping, ResponseStream replies)
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
            else if (_backend.Begin(message) is { } refusal)
            {
                return refusal;
            }
            else
            {
                Calls.Join(_backend.Calls);
                _begun = true;
                if (!isInitialize)
                    ProtocolVersion = Policies.ProtocolVersion.Latest;
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
}
