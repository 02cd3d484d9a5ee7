using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Sessions;

/// <summary>Takes what the client sends, and passes it on to the session's part of the backend.</summary>
internal sealed class SessionIntake(
    Session session, SessionRules rules, SessionStreams streams, SessionLifetime lifetime, SessionDeparture departure)
{
    private readonly Lock _lock = new();
    private long _lastKey;
    private bool _begun;

    /// <summary>
    /// The revision that client and server settled on; null before they have, the latest when the gateway did the handshake.
    /// </summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>Takes a message of the client's.</summary>
    /// <param name="message">Owned by the session from here on, also when it is refused.</param>
    /// <param name="replies">Where a request's answer, and what belongs to it, is to go.</param>
    /// <param name="rights">What its sender may do.</param>
    /// <param name="cancellationToken">Stops waiting for room for a notification or an answer.</param>
    public Receipt Receive(
        JsonRpcMessage message, ResponseStream replies, SenderRights rights, CancellationToken cancellationToken)
    {
        // 404 and not an error in the session: a client must then initialize anew (2025-11-25, Transports, Session Management).
        if (lifetime.IsEnded)
            return Refuse(message, Refusal.SessionNotFound);
        // Also by what is refused below: a client that sends anything is there.
        lifetime.Touch();
        var config = session.Server.Config.Tools; // read once: a reload must not change the rules in between
        RequestedItem? item = null;
        // Before anything is recorded: what is forbidden takes no permit and starts no child.
        if (config is not null && new ItemPolicy(config).Check(message, rights.Granted, out item) is { } refusal)
            return Refuse(message, refusal);
        return message.Envelope.Kind switch
        {
            JsonRpcKind.Request => ReceiveRequest(message, replies, rights.Quota, config, item),
            JsonRpcKind.Notification => ReceiveNotification(message, cancellationToken),
            _ => ReceiveAnswer(message, cancellationToken),
        };
    }

    /// <summary>Nobody waits any more for what was to go to this stream: the server is told.</summary>
    public void CancelFor(ResponseStream replies)
    {
        foreach (var call in session.Calls.Snapshot())
        {
            if (ReferenceEquals(call.Replies, replies))
                call.TryCancel("the client has gone");
        }
    }

    private Receipt ReceiveRequest(
        JsonRpcMessage request, ResponseStream replies, ClientQuota? quota, ServerToolsConfig? config, RequestedItem? item)
    {
        if (lifetime.IsEnding)
            return Refuse(request, Refusal.SessionNotFound);
        if (departure.Answer is { } draining)
            return Refuse(request, draining);
        if (session.Calls.IsFull)
            return Refuse(request, Refusal.TooManyCalls);
        // Never passed on: servers have ended, hung, or settled on another revision at it.
        if (request.Envelope.Method == McpMethod.Discover)
            return Answer(request, replies, JsonRpcMessage.CreateError(request.Envelope.Id, Refusal.NotDiscoverable.Error));
        // A client may ping before it initializes: then there is no server process yet that could answer.
        if (!Volatile.Read(ref _begun) && session.Kind is not SessionKind.Implicit && request.Envelope.Method == McpMethod.Ping)
            return Answer(request, replies, JsonRpcMessage.CreateResult(request.Envelope.Id, "{}"u8));
        // Before Begin, which may start a child: who is over the limit starts none.
        if (ConcurrencyPermit.TryAcquire(quota, [request], out var permit) is { } busy)
            return Refuse(request, busy);
        if (Begin(request) is { } refusal)
        {
            permit?.Dispose();
            return Refuse(request, refusal);
        }

        var call = new ClientCall(session.Calls, KeyOf(request), request, replies)
        {
            ConcurrencyPermit = permit,
            Filter = rules.FilterFor(request),
            OnAnswer = request.Envelope.Method == McpMethod.Initialize ? OnInitialized : null,
        };
        if (session.Calls.TryAdd(call))
        {
            return new Receipt(null, permit is null
                ? rules.CallAsync(request, call, config, item)
                : CallWithPermitAsync(request, call, permit, config, item));
        }

        // On one response, two calls under one id could not be told apart by their answers: the second one is refused.
        permit?.Dispose();
        return Refuse(request, Refusal.IdInFlight);
    }

    // A call that waits for its permit is recorded already: it can be cancelled, it times out, its client hears keep-alives.
    private async ValueTask CallWithPermitAsync(
        JsonRpcMessage request, ClientCall call, ConcurrencyPermit permit, ServerToolsConfig? config, RequestedItem? item)
    {
        switch (await permit.Outcome)
        {
            case PermitOutcome.Admitted when call.IsOpen:
                call.Touch(); // its wait was not the server's silence
                await rules.CallAsync(request, call, config, item);
                break;
            case PermitOutcome.Refused:
                request.Dispose();
                await call.FailAsync(Refusal.TooManyAtATime.Error);
                break;
            default:
                request.Dispose(); // whoever ended the call has answered it
                break;
        }
    }

    private Receipt ReceiveNotification(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        // It does not begin a session: some clients send one before initialize, which would then be refused. A server that is
        // not running yet has nothing to learn from it.
        if (!Volatile.Read(ref _begun) && session.Kind is not SessionKind.Implicit)
        {
            streams.Drop(notification, "not-initialized");
            return default;
        }

        if (Begin(notification) is { } refusal)
            return Refuse(notification, refusal);
        if (notification.Envelope.Method != McpMethod.Cancelled)
            return new Receipt(null, session.Backend.NotifyAsync(notification, cancellationToken));
        // The id in it is the client's. It is passed on only for a call of this session in flight, under the id that the server
        // knows, so that nobody can cancel another session's call.
        if (session.Calls.Find(notification.Envelope.CancelledId) is not { IsCancellable: true } call
            || !call.TryCancel(string.Empty, notification))
        {
            streams.Drop(notification, "unknown-id");
        }

        return default;
    }

    private Receipt ReceiveAnswer(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _begun))
            return new Receipt(null, session.Backend.AnswerAsync(answer, cancellationToken));
        streams.Drop(answer, "unknown-id"); // no request was sent yet
        return default;
    }

    private static Receipt Answer(JsonRpcMessage request, ResponseStream replies, JsonRpcMessage answer)
    {
        using (request)
            return new Receipt(null, replies.AnswerAsync(answer));
    }

    // The first message settles how the session begins. One that is not initialize comes from a client that believes it
    // already has (EventSource reconnects that way), or from callers without a session.
    private Refusal? Begin(JsonRpcMessage message)
    {
        var isInitialize = message.Envelope is { IsRequest: true, Method: McpMethod.Initialize };
        // Under the lock, since a client may send its first messages in parallel: only one of them begins the session.
        lock (_lock)
        {
            if (_begun)
            {
                if (isInitialize)
                    return session.Kind is SessionKind.Implicit ? null : Refusal.AlreadyInitialized;
            }
            else if (session.Backend.Begin(message) is { } refusal)
            {
                return refusal;
            }
            else
            {
                session.Calls.Join(session.Backend.Calls);
                _begun = true;
                if (!isInitialize)
                    ProtocolVersion = Policies.ProtocolVersion.Latest;
            }
        }

        if (!isInitialize && !streams.IsReady && message.Envelope.Method != McpMethod.Ping)
            // Outside the lock: what was held is written to the client here, and other messages would wait behind it.
            streams.BecomeReady();
        return null;
    }

    // Callers without a session share an implicit one and all may use the same id.
    private JsonRpcId KeyOf(JsonRpcMessage request) =>
        session.Kind is SessionKind.Implicit ? Interlocked.Increment(ref _lastKey) : request.Envelope.Id;

    private void OnInitialized(JsonRpcMessage answer)
    {
        if (answer.Envelope.Kind is JsonRpcKind.Result)
            ProtocolVersion = JsonMembers.FindText(answer.Envelope.Result.In(answer.Utf8), "protocolVersion"u8);
        else
            lifetime.EndAfterCalls(); // what was not initialized is no session
    }

    private static Receipt Refuse(JsonRpcMessage message, Refusal refusal)
    {
        message.Dispose();
        return refusal;
    }
}
