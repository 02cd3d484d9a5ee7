using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>The answer to one POST of Streamable HTTP: every request in it gets one, whatever becomes of the remote server.</summary>
/// <param name="remote">What the relay needs.</param>
/// <param name="call">The client's request.</param>
/// <param name="pending">The requests that are sent.</param>
/// <param name="own">Answers to those that are not sent.</param>
/// <param name="isBatch">Whether they came in an array.</param>
internal sealed class PostRelay(RemoteContext remote, RemoteCall call, HashSet<JsonRpcId> pending, List<JsonRpcMessage> own, bool isBatch)
{
    private readonly UpstreamFilter _filter = new(remote, call.Server, Caller.Of(call.Context));

    private HttpContext Context => call.Context;

    private string Server => call.Server.Name;

    private JsonRpcId Id => !isBatch && pending.Count == 1 ? pending.Single() : default;

    public async Task ReceiveAsync(HttpResponseMessage response, UpstreamAddress address)
    {
        if (!response.IsSuccessStatusCode)
        {
            if (own.Count > 0)
                await FailAsync(UpstreamErrors.Status(Server, (int)response.StatusCode, response.RetryAfter()));
            else if (await RefusedAnswer.TryPassAsync(remote, call, response, Id) is { } error)
                await FailAsync(error);
            return;
        }

        Context.Response.StatusCode = StatusCodes.Status200OK;
        SealSession(response, address);
        if (pending.Count == 0 && own.Count == 0)
            PostResponseWriter.Accepted(Context);
        else if (pending.Count > 0 && response.IsEventStream())
            await PassEventsAsync(response);
        else if (pending.Count > 0 && response.IsJson())
            await PassJsonAsync(response);
        else if (pending.Count == 0)
            await WriteAsync([]);
        else
            await FailAsync(UpstreamErrors.Unreadable(Server));
    }

    /// <summary>Answers when nothing is left to be sent.</summary>
    public Task AnswerOwnAsync()
    {
        if (own.Count > 0)
            return WriteAsync([]);
        PostResponseWriter.Accepted(Context);
        return Task.CompletedTask;
    }

    /// <summary>Answers what can no longer be answered by the server.</summary>
    public Task FailAsync(UpstreamFailure failure) => failure switch
    {
        UpstreamFailure.Unavailable => JsonRpcErrorWriter.WriteAsync(Context, UpstreamErrors.Unavailable(Server), Id),
        UpstreamFailure.SessionLost => JsonRpcErrorWriter.WriteAsync(Context, Refusal.SessionNotFound, Id),
        _ => FailAsync(UpstreamErrors.Of(failure, Server), UpstreamErrors.StatusOf(failure)),
    };

    private async Task FailAsync(JsonRpcError error, int status = StatusCodes.Status502BadGateway)
    {
        Context.Response.Headers.Remove(StreamableHttpHandler.SessionHeader);
        if (pending.Count + own.Count == 0)
        {
            await JsonRpcErrorWriter.WriteAsync(Context, status, error);
            return;
        }

        Context.Response.StatusCode = StatusCodes.Status200OK;
        await WriteAsync([.. pending.Select(id => JsonRpcMessage.CreateError(id, error))]);
    }

    private void SealSession(HttpResponseMessage response, UpstreamAddress address)
    {
        if (response.SessionId() is { } id && id != call.Session?.Id)
        {
            Context.Response.Headers[StreamableHttpHandler.SessionHeader] =
                remote.Seal.Seal(Server, Caller.Of(Context), new UpstreamSession(address.Destination, id));
        }
    }

    private async Task PassJsonAsync(HttpResponseMessage response)
    {
        try
        {
            var body = await response.ReadBodyAsync(remote, call.Server.RequestTimeout, Context.RequestAborted);
            var answers = new List<JsonRpcMessage>();
            foreach (var message in UpstreamMessages.Read(body, Server))
            {
                if (message.Envelope.IsAnswer && pending.Remove(message.Envelope.Id) && _filter.Apply(message) is { } answer)
                    answers.Add(answer);
                else
                    Drop(message);
            }

            var missing = body.IsOversized ? UpstreamErrors.TooLong(Server) : UpstreamErrors.Unreadable(Server);
            answers.AddRange(pending.Select(id => JsonRpcMessage.CreateError(id, missing)));
            await WriteAsync(answers);
        }
        catch (TimeoutException)
        {
            await FailAsync(UpstreamFailure.TimedOut);
        }
        catch (IOException)
        {
            await FailAsync(UpstreamFailure.Broken);
        }
    }

    private void Drop(JsonRpcMessage message)
    {
        message.Dispose();
        remote.Metrics.MessageDropped(Server, "unknown-id");
    }

    private async Task PassEventsAsync(HttpResponseMessage response)
    {
        await SseWriter.StartAsync(Context);
        foreach (var answer in own)
        {
            using (answer)
                SseWriter.Write(Context.Response.BodyWriter, answer);
        }

        var relay = new SseRelay(remote, Context, call.Server, _filter) { Pending = pending };
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Context.RequestAborted, remote.Drain.Over);
        await using var stream = await response.Content.ReadAsStreamAsync(leave.Token);
        await using var events = new UpstreamEvents(stream, remote.MessageBytes, remote.Time, leave.Token);
        try
        {
            await relay.RunAsync(events);
        }
        catch (OperationCanceledException) when (!Context.RequestAborted.IsCancellationRequested)
        {
            await relay.FailAsync(Refusal.Draining.Error);
        }
    }

    private async Task WriteAsync(List<JsonRpcMessage> answers)
    {
        own.AddRange(answers);
        if (own is [{ Envelope.Kind: JsonRpcKind.Error }])
            Context.Response.Headers.Remove(StreamableHttpHandler.SessionHeader);
        if (!isBatch)
            PostResponseWriter.WriteJson(Context, own[0]);
        else
            PostResponseWriter.WriteJsonArray(Context, own);
        await Context.Response.BodyWriter.FlushAsync(Context.RequestAborted);
        own.ForEach(answer => answer.Dispose());
    }
}
