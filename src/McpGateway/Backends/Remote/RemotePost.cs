using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>One POST of Streamable HTTP: every request in it gets an answer, whatever becomes of the remote server.</summary>
internal sealed class RemotePost(RemoteContext remote, RemoteCall call, PostedMessages posted)
{
    private readonly UpstreamFilter _filter = new(remote, call.Server, call.Request.Owner);
    private readonly List<JsonRpcMessage> _sent = [];

    // Answers to requests that are not sent.
    private readonly List<JsonRpcMessage> _own = [];

    private string Server => call.Server.Name;

    private IEnumerable<JsonRpcMessage> Requests => _sent.Where(message => message.Envelope.IsRequest);

    // To be named in an error about the whole POST.
    private JsonRpcId Id => !posted.IsBatch && posted.HasRequest ? posted.Id : default;

    public async ValueTask<BackendReply> SendAsync(Dictionary<string, string> headers)
    {
        if (await CheckAsync(headers) is { } refusal)
            return refusal;
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
        if (_own.Count == 0 && await RefusedAnswer.TryPassAsync(remote, call, response, Id) is { } reply)
            return reply;
        return Failed(UpstreamErrors.Status(Server, (int)response.StatusCode, response.RetryAfter()));
    }

    private async Task PassEventsAsync(RemoteForward forward, HttpResponseMessage response, string? sessionId)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(forward.Left, remote.Drain.Over);
        await using var content = await response.Content.ReadAsStreamAsync(leave.Token);
        await using var events = new UpstreamEvents(content, remote.MessageBytes, remote.Time, leave.Token);
        var stream = remote.StreamForAnswers();
        var calls = new UpstreamCalls(remote, call.Server, stream);
        foreach (var request in Requests)
            calls.Add(request);
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

    // What can no longer be answered by the server.
    private BackendReply Failed(UpstreamFailure failure) => failure is UpstreamFailure.Unavailable or UpstreamFailure.SessionLost
        ? UpstreamErrors.Refusal(failure, Server)
        : Failed(UpstreamErrors.Of(failure, Server), failure);

    private BackendReply Failed(JsonRpcError error, UpstreamFailure failure = UpstreamFailure.Broken) =>
        _own.Count == 0 && !Requests.Any()
            ? new Refusal(UpstreamErrors.ReasonOf(failure), error)
            : Answered([.. Requests.Select(request => JsonRpcMessage.CreateError(request.Envelope.Id, error))]);

    // The gateway's own answers: a few short ones, which find room in the stream.
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

    private string? SealedId(HttpResponseMessage response, UpstreamAddress address) =>
        response.SessionId() is { } id && id != call.Session?.Id
            ? remote.Seal.Seal(Server, call.Request.Owner, new UpstreamSession(address.Destination, id))
            : null;
}
