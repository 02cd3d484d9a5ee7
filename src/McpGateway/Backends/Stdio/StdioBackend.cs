using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio;

/// <summary>A stdio server. Its sessions live in this process, each with a child of its own or with a shared one.</summary>
internal sealed class StdioBackend(StdioParts parts, ServerState server, IClientRequest request) : IBackend
{
    private Session? _session;
    private bool _isOpened;

    public ServerConfig Server => server.Config;

    public bool ServesStreamableHttp => true;

    public bool ServesSse => true;

    public bool RequiresSession => true;

    public string? ProtocolVersion => _session?.ProtocolVersion;

    public bool TryFind(SessionKind kind, string id)
    {
        // By kind too: the id of an HTTP+SSE session is unknown at /mcp, and the other way round.
        _session = parts.Sessions.Find(server.Name, id, request.Owner) is { } found && found.Kind == kind ? found : null;
        return _session is not null;
    }

    public Refusal? TryOpen()
    {
        var refusal = Open(SessionKind.Streamable);
        _isOpened = refusal is null;
        return refusal;
    }

    public ValueTask<BackendReply> PostAsync(PostedMessages posted) =>
        _session is { Kind: SessionKind.Sse } session ? PostToStreamAsync(session, posted) : PostAsync(_session!, posted);

    public ValueTask<BackendReply> CallAsync(PostedMessages posted)
    {
        var message = posted.Messages[0];
        if (UserValues.TryRead(request, server.Stdio, out var user) is { } incomplete)
        {
            message.Dispose();
            return new(incomplete);
        }

        var (owner, isRequest) = (request.Owner, message.Envelope.IsRequest);
        var stream = ResponseStream.ForAnswers(parts.Budget, parts.Time);
        if (parts.Calls.Receive(server, owner, message, stream, posted.Rights, user).Refusal is { } refusal)
            return new(refusal);
        return new(!isRequest ? default : new BackendReply(stream, ReplyForm.FirstDecides)
        {
            Closing = () =>
            {
                parts.Calls.Cancel(server, owner, stream, user); // has an effect only if the caller left before the answer
                return default;
            },
        });
    }

    public ValueTask<BackendReply> ListenAsync() => new(Listen(_session!));

    public ValueTask<BackendReply> OpenSseAsync() =>
        new(Open(SessionKind.Sse) is { } refusal ? refusal : Listen(_session!));

    public ValueTask<BackendReply> EndSessionAsync()
    {
        _ = _session!.EndAsync(); // the manager awaits it; the client does not wait for a slow child
        return default;
    }

    public void GiveUpSession() => _session?.EndSoon();

    private Refusal? Open(SessionKind kind) =>
        UserValues.TryRead(request, server.Stdio, out var user)
        ?? parts.Sessions.TryOpen(kind, server, request.Owner, out _session, user);

    private BackendReply Listen(Session session)
    {
        var stream = session.OpenStream(request.Via);
        return new BackendReply(stream, ReplyForm.Events)
        {
            SessionId = session.Id,
            Closing = () =>
            {
                session.CloseStream(stream);
                return default;
            },
        };
    }

    // HTTP+SSE: the answers come on the session's stream.
    private async ValueTask<BackendReply> PostToStreamAsync(Session session, PostedMessages posted)
    {
        if (session.Stream is not { } stream)
        {
            posted.Dispose();
            return Refusal.SessionNotFound;
        }

        return await RelayAsync(session, posted, stream, awaitDelivery: true) is { } refusal ? refusal : default(BackendReply);
    }

    private async ValueTask<BackendReply> PostAsync(Session session, PostedMessages posted)
    {
        var hasRequest = posted.HasRequest;
        var stream = ResponseStream.ForAnswers(parts.Budget, parts.Time, session.TakeBack);
        stream.Await(); // held open until the whole batch is sent
        var isReplied = false;
        try
        {
            // A request's answer shows that it was delivered. Waiting here would keep its client without keep-alives while the
            // child starts. A notification has only the status of its POST to slow down a client that sends too fast.
            if (await RelayAsync(session, posted, stream, awaitDelivery: !hasRequest) is { } refusal)
                return refusal;
            stream.Release();
            if (!hasRequest)
                return default;
            isReplied = true;
            return new BackendReply(stream, posted.IsBatch ? ReplyForm.Events : ReplyForm.FirstDecides)
            {
                SessionId = _isOpened ? session.Id : null,
            };
        }
        finally
        {
            if (!isReplied)
                stream.Abandon(); // nobody else gets the stream, so nobody else disposes of what is on it
        }
    }

    // Gives the messages to the session in their order. In a batch, a refusal is the answer to its message.
    private async ValueTask<Refusal?> RelayAsync(
        Session session, PostedMessages posted, ResponseStream replies, bool awaitDelivery)
    {
        foreach (var message in posted.Messages)
        {
            var (id, isRequest) = (message.Envelope.Id, message.Envelope.IsRequest);
            var receipt = session.Receive(message, replies, request.Aborted, posted.Rights);
            if (receipt.Refusal is { } refusal && !posted.IsBatch)
                return refusal;
            // Only a request has an answer: for anything else it would have no id to name (JSON-RPC 2.0, section 4.1).
            if (receipt.Refusal is { } refused && isRequest)
                await replies.AnswerAsync(JsonRpcMessage.CreateError(id, refused.Error));
            else if (receipt.Refusal is null && awaitDelivery)
                await receipt.Delivered;
        }

        return null;
    }
}
