using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>
/// On which of its streams a client gets what is for it: a call's own, the one that it opened for everything else, or a short
/// queue until it opens one.
/// </summary>
internal sealed partial class SessionStreams(Session session, SessionRules rules, SessionContext context)
{
    private static readonly JsonRpcError NobodyListens = new(
        JsonRpcErrorCode.InternalError, "No stream of the client's was open to ask it on.");

    private readonly HeldMessages _held = new(context.Time, context.Budget);
    private readonly Lock _lock = new();
    private ResponseStream? _current;

    // Before a client has its handshake behind it, it may not be sent anything else. A server of its own knows when that is.
    private volatile bool _isReady = !session.Backend.IsShared;

    /// <summary>
    /// The open stream for what belongs to no call; null when there is none. An SSE session has everything on it.
    /// </summary>
    public ResponseStream? Current
    {
        get
        {
            lock (_lock)
                return _current is { IsOpen: true } ? _current : null;
        }
    }

    /// <summary>Whether the client has its handshake behind it.</summary>
    public bool IsReady => _isReady;

    /// <summary>
    /// Opens the stream for what belongs to no call. An older one ends: a half-open connection must not keep the client out.
    /// </summary>
    /// <param name="via">The replica that its client is connected to; null: this one.</param>
    public ResponseStream Open(string? via)
    {
        var stream = ResponseStream.Lasting(context.Budget, context.Time, TakeBack);
        stream.Via = via;
        ResponseStream? replaced;
        lock (_lock)
        {
            // Before _isReady is read below; BecomeReady writes that first and reads this then. So at least one of the two sees
            // what the other has written, and what was held is delivered.
            replaced = _current;
            _current = stream;
        }

        if (_isReady)
            _ = MoveToAsync(stream, replaced);
        else
            replaced?.End();
        if (session.IsEnded)
            stream.End(); // the end came in between, and has not seen it
        return stream;
    }

    /// <summary>The stream's client is gone.</summary>
    /// <returns>False when another stream has replaced it.</returns>
    public bool TryClose(ResponseStream stream)
    {
        stream.Abandon();
        lock (_lock)
        {
            if (!ReferenceEquals(_current, stream))
                return false;
            _current = null;
            return true;
        }
    }

    /// <summary>The client has its handshake behind it.</summary>
    public void BecomeReady()
    {
        _isReady = true;
        if (Current is { } stream)
            _ = MoveToAsync(stream, null);
    }

    /// <summary>Takes a message of the server's that is for this session.</summary>
    /// <param name="message">Under the ids that the client knows; owned by the session from here on.</param>
    /// <param name="call">The call that it belongs to; null for no single one.</param>
    public async ValueTask DeliverAsync(JsonRpcMessage message, ClientCall? call)
    {
        if (rules.IsForbidden(message))
        {
            Drop(message, "forbidden");
            return;
        }

        // A stream may end between the choice and the write. It is then not chosen again, so the loop ends.
        while (Choose(call) is { } stream)
        {
            if (await stream.WriteAsync(message, patient: !session.Backend.IsShared))
                return;
        }

        // An implicit session never opens a stream, so nothing is held for it.
        if (session.IsEnded || session.Kind is SessionKind.Implicit || !_held.TryHold(message))
            GiveUp(message);
        else if (_isReady && Current is { } opened)
            await DeliverHeldAsync(opened); // it opened after the choice, and may have been given what was held before this
    }

    /// <summary>Takes what the client has not read of a stream that is gone.</summary>
    public void TakeBack(IReadOnlyList<JsonRpcMessage> unread) => _ = DeliverAgainAsync(unread);

    /// <summary>The stream on which the most bytes wait for the client.</summary>
    public ResponseStream? Slowest() =>
        session.Calls.Snapshot().Select(call => call.Replies).Append(Current).OfType<ResponseStream>()
            .MaxBy(stream => stream.QueuedBytes);

    /// <summary>The monitor's visit: keep-alives, and what was held for too long.</summary>
    public void Tick(long now)
    {
        Current?.Tick(now);
        while (_held.TryTakeExpired(now, out var expired))
            GiveUp(expired);
    }

    /// <summary>The session has ended.</summary>
    public void End()
    {
        lock (_lock)
            _current?.EndAfterAnswers();
        _held.Close();
    }

    public void Drop(JsonRpcMessage message, string reason) => context.Metrics.Drop(session.Server.Name, message, reason);

    private ResponseStream? Choose(ClientCall? call)
    {
        if (call is { Replies.IsOpen: true } && (_isReady || !call.IsInitialize))
            return call.Replies;
        // The callers of an implicit session know nothing of each other.
        if (session.Kind is SessionKind.Implicit || !_isReady)
            return null;
        // Without a stream of its own for it, a message goes out on a call's (2025-11-25, Transports, Sending Messages): never on
        // several, since a client would get it several times.
        return Current ?? session.Calls.OldestListening()?.Replies;
    }

    // Nobody awaits it: the client gets its stream at once, and what was held follows on it.
    private async Task MoveToAsync(ResponseStream stream, ResponseStream? replaced)
    {
        try
        {
            // Ended first, so that nothing more is put on it while what it still holds moves over.
            replaced?.End();
            // What the old stream's client had not read. Its transport may still take some: each message goes to one of the two
            // (Streamable HTTP, "Multiple Connections").
            while (replaced is not null && replaced.TryRead(out var unread))
                await DeliverAsync(unread, null);
            await DeliverHeldAsync(stream);
        }
        catch (Exception exception)
        {
            Log.DeliveryFailed(context.Loggers.CreateLogger<SessionStreams>(), exception, session.Server.Name);
        }
    }

    // Nobody awaits it: the transport is done with the stream. One after the other: they keep their order.
    private async Task DeliverAgainAsync(IReadOnlyList<JsonRpcMessage> unread)
    {
        try
        {
            foreach (var message in unread)
            {
                // An answer is for that response alone, and progress without its call may break a client.
                if (message.Envelope.IsAnswer || message.Envelope.Method == McpMethod.Progress)
                    Drop(message, "no-stream");
                else
                    await DeliverAsync(message, null);
            }
        }
        catch (Exception exception)
        {
            Log.DeliveryFailed(context.Loggers.CreateLogger<SessionStreams>(), exception, session.Server.Name);
        }
    }

    private async Task DeliverHeldAsync(ResponseStream stream)
    {
        while (stream.IsOpen && _held.TryTake(out var held))
            await DeliverAsync(held, null);
    }

    private void GiveUp(JsonRpcMessage message)
    {
        // A server waits for the answer to a request, so it is told; a notification has nobody who waits.
        if (message.Envelope.IsRequest)
            session.Backend.Refuse(message, NobodyListens);
        else
            Drop(message, "no-stream");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Server}: what waited for a client could not be put on its stream",
            EventName = "DeliveryFailed")]
        public static partial void DeliveryFailed(ILogger log, Exception exception, string server);
    }
}
