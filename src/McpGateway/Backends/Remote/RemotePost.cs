using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>One POST of Streamable HTTP. Every request in it is answered, whatever happens to the remote server.</summary>
internal sealed class RemotePost(RemoteContext remote, RemoteCall call, PostedMessages posted)
{
    private readonly UpstreamFilter _filter = new(remote, call.Server, call.Request.Owner);
    private readonly List<JsonRpcMessage> _sent = [];

    // The gateway's own answers, to requests that the rules forbid.
    private readonly List<JsonRpcMessage> _own = [];

    private string Server => call.Server.Name;

    private IEnumerable<JsonRpcMessage> Requests => _sent.Where(message => message.Envelope.IsRequest);

    // For an error about the whole POST.
    private JsonRpcId Id => !posted.IsBatch && posted.HasRequest ? posted.Id : default;

    public async ValueTask<BackendReply> SendAsync(Dictionary<string, string> headers)
    {
        if (await CheckAsync(headers) is { } refusal)
            return refusal;
        // Nobody could tell which of two answers with the same id is for which request.
        if (Requests.DistinctBy(request => request.Envelope.Id).Count() < Requests.Count())
            return Refusal.IdInFlight;
        if (_sent.Count == 0)
            return Answered([]);
        var (busy, permit) = await new RemotePolicy(remote, call).AcquireAsync(posted);
        if (busy is not null)
            return busy;
        return await ForwardAsync(headers, permit);
    }

    private async ValueTask<Refusal?> CheckAsync(Dictionary<string, string> headers)
    {
        var policy = new RemotePolicy(remote, call);
        var client = new UpstreamClient(remote, call.Server, headers, call.Upstream.Link);
        foreach (var message in posted.Messages)
        {
            var (refusal, error) = await policy.CheckAsync(message, posted.Rights, client.InSessionAsync);
            // A single message is refused with an HTTP status, such as 403 with a challenge for scopes. A batch has only
            // one status for all its messages.
            if (refusal is not null && !posted.IsBatch)
                return refusal;
            if (error is null)
                _sent.Add(message);
            else if (message.Envelope.IsRequest)
                _own.Add(JsonRpcMessage.CreateError(message.Envelope.Id, error));
        }

        return null;
    }

    private ValueTask<BackendReply> ForwardAsync(Dictionary<string, string> headers, ConcurrencyPermit? permit) =>
        RemoteForward.BeginAsync(
            remote, call,
            new RemoteExchange { Target = url => url, Headers = headers, Body = RemoteMessages.Write(_sent, posted.IsBatch) },
            ReceiveAsync, Failed, permit);

    private async Task ReceiveAsync(RemoteForward forward, HttpResponseMessage response, UpstreamAddress address)
    {
        var hasRequest = Requests.Any();
        if (!response.IsSuccessStatusCode)
            forward.Answer(await RefusedAsync(response));
        else if (!hasRequest)
            forward.Answer(Answered([]) with { SessionId = SealedId(response, address) });
        else if (response.IsEventStream())
            await PassEventsAsync(forward, response, SealedId(response, address));
        else if (response.IsJson())
            await PassJsonAsync(forward, response, SealedId(response, address));
        else
            forward.Answer(Failed(UpstreamErrors.Unreadable(Server)));
    }

    private async Task<BackendReply> RefusedAsync(HttpResponseMessage response)
    {
        // With answers of the gateway's own, the status cannot be that of the server.
        if (_own.Count == 0 && await RefusedAnswer.TryPassAsync(remote, call, response, Id) is { } reply)
            return reply;
        return Failed(UpstreamErrors.Status(Server, (int)response.StatusCode, response.RetryAfter()));
    }

    private async Task PassEventsAsync(RemoteForward forward, HttpResponseMessage response, string? sessionId)
    {
        // Requests in flight may take Drain:Timeout when the gateway stops.
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(forward.Left, remote.Drain.Over);
        await using var content = await response.Content.ReadAsStreamAsync(leave.Token);
        await using var events = new UpstreamEvents(content, remote.MessageBytes, remote.Time, leave.Token);
        var stream = remote.StreamForAnswers();
        var calls = new UpstreamCalls(remote, call.Server, stream);
        foreach (var request in Requests)
            calls.Add(request); // before the first event is read: an answer to an unknown request would be dropped
        forward.Answer(new BackendReply(stream, ReplyForm.Events) { SessionId = sessionId });
        foreach (var answer in _own)
            await stream.WriteOrDisposeAsync(answer);
        await new UpstreamRelay(remote, call.Server, stream, _filter, leave, calls).RunAsync(events, forward.Left);
    }

    private async Task PassJsonAsync(RemoteForward forward, HttpResponseMessage response, string? sessionId)
    {
        PooledBytes body;
        try
        {
            body = await response.ReadBodyAsync(remote, call.Server.RequestTimeout, forward.Left);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            forward.Answer(Failed(exception is TimeoutException ? UpstreamFailure.TimedOut : UpstreamFailure.Broken));
            return;
        }

        var stream = remote.StreamForAnswers();
        forward.Answer(new BackendReply(stream, ReplyForm.Json) { SessionId = sessionId });
        try
        {
            await WriteAnswersAsync(stream, body);
        }
        finally
        {
            stream.End();
        }
    }

    private async Task WriteAnswersAsync(ResponseStream stream, PooledBytes body)
    {
        // The messages may have been disposed of by now (RemoteBackend.PostAsync). Only their envelopes are read here.
        var pending = Requests.Select(request => request.Envelope.Id).ToHashSet();
        foreach (var answer in _own)
            await stream.WriteOrDisposeAsync(answer);
        foreach (var message in UpstreamMessages.Read(body, Server))
        {
            if (!message.Envelope.IsAnswer || !pending.Remove(message.Envelope.Id))
                remote.Metrics.Drop(Server, message, "unknown-id");
            else if (_filter.Apply(message) is { } answer)
                await stream.WriteOrDisposeAsync(answer);
        }

        var missing = body.IsOversized ? UpstreamErrors.TooLong(Server) : UpstreamErrors.Unreadable(Server);
        foreach (var id in pending)
            await stream.WriteOrDisposeAsync(JsonRpcMessage.CreateError(id, missing));
    }

    // Answers what the server will not answer any more. If it is unavailable, or the session is lost, nothing was sent: then
    // the whole POST is refused, and its client may repeat it.
    private BackendReply Failed(UpstreamFailure failure) => failure is UpstreamFailure.Unavailable or UpstreamFailure.SessionLost
        ? UpstreamErrors.Refusal(failure, Server)
        : Failed(UpstreamErrors.Of(failure, Server), failure);

    private BackendReply Failed(JsonRpcError error, UpstreamFailure failure = UpstreamFailure.Broken) =>
        _own.Count == 0 && !Requests.Any()
            ? new Refusal(UpstreamErrors.ReasonOf(failure), error)
            : Answered([.. Requests.Select(request => JsonRpcMessage.CreateError(request.Envelope.Id, error))]);

    // The gateway's own answers are few and short, so the stream has room for them.
    private BackendReply Answered(JsonRpcMessage[] answers)
    {
        if (_own.Count + answers.Length == 0)
            return default;
        var stream = remote.StreamForAnswers();
        foreach (var answer in _own.Concat(answers))
        {
            if (!stream.TryWrite(answer))
                answer.Dispose();
        }

        stream.End();
        return new BackendReply(stream, ReplyForm.Json);
    }

    // Some servers repeat the session id in each response. The client knows that one already.
    private string? SealedId(HttpResponseMessage response, UpstreamAddress address) =>
        response.SessionId() is { } id && id != call.Session?.Id
            ? remote.Seal.Seal(Server, call.Request.Owner, new UpstreamSession(address.Destination, id))
            : null;
}
