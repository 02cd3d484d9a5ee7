using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>/{server}/mcp of a remote server that speaks Streamable HTTP (revisions 2025-03-26 to 2025-11-25).</summary>
internal sealed class RemoteStreamableHandler(
    RemoteContext remote, RequestBodyReader body, RateLimits limits, RemoteHeaders headers, RemoteRules rules, RemoteListening listening)
{
    public Task HandleAsync(RemoteCall call)
    {
        var (context, method) = (call.Context, call.Context.Request.Method);
        var version = context.Request.Headers[StreamableHttpHandler.VersionHeader];
        if (context.Request.Headers[StreamableHttpHandler.SessionHeader].Count > 1 || version.Count > 1)
        {
            return JsonRpcErrorWriter.BadRequestAsync(
                context, $"{StreamableHttpHandler.SessionHeader} or {StreamableHttpHandler.VersionHeader} occurs more than once.");
        }

        if (HttpMethods.IsPost(method))
            return PostAsync(call, version.FirstOrDefault());
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsDelete(method))
            return JsonRpcErrorWriter.MethodNotAllowedAsync(context, "GET, POST, DELETE");
        if (version is [{ } spoken] && !ProtocolVersion.IsServed(spoken))
            return JsonRpcErrorWriter.UnsupportedVersionAsync(context, spoken, default);
        if (call.Requested.IsUnknown)
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, default);
        return HttpMethods.IsGet(method) ? listening.ListenAsync(call) : DeleteAsync(call);
    }

    private async Task PostAsync(RemoteCall call, string? version)
    {
        var context = call.Context;
        var accept = context.Request.Headers.Accept;
        if (!MediaTypes.Accepts(accept, MediaTypes.Json) || !MediaTypes.Accepts(accept, MediaTypes.SseWriter))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.Both);
            return;
        }

        if (await body.ReadAsync(context, call.Server, () =>
            ProtocolVersion.AllowsBatches(version ?? ProtocolVersion.AssumedByHttp)) is not { } posted)
            return;
        try
        {
            var known = new Dictionary<string, string>();
            var refused = Check(call, version, posted);
            if (refused is null && (ChargeOpening(call, posted) ?? headers.TryMake(call, MediaTypes.Both, out known)) is { } refusal)
                refused = JsonRpcErrorWriter.WriteAsync(context, refusal, posted.Id);
            await (refused ?? SendAsync(call, posted, known));
        }
        finally
        {
            posted.Dispose();
        }
    }

    private Task? Check(RemoteCall call, string? version, PostedMessages posted)
    {
        if (version is not null && !ProtocolVersion.IsServed(version))
            return JsonRpcErrorWriter.UnsupportedVersionAsync(call.Context, version, posted.Id);
        if (posted is { IsBatch: true, HasInitialize: true })
            return JsonRpcErrorWriter.WriteAsync(call.Context, Refusal.Invalid("initialize must not be part of a batch."), default);
        // Without an id it is the server's to say whether it needs one: not all have sessions.
        if (call.Requested.IsUnknown)
            return JsonRpcErrorWriter.WriteAsync(call.Context, Refusal.SessionNotFound, posted.Id);
        return remote.Drain.Begun.IsCancellationRequested && posted.HasRequest
            ? JsonRpcErrorWriter.WriteAsync(call.Context, Refusal.Draining, posted.Id)
            : null;
    }

    private Refusal? ChargeOpening(RemoteCall call, PostedMessages posted) =>
        posted.HasInitialize && !call.Requested.IsGiven ? limits.ChargeOpening(call.Context, call.Server) : null;

    private async Task SendAsync(RemoteCall call, PostedMessages posted, Dictionary<string, string> known)
    {
        var (sent, own) = (new List<JsonRpcMessage>(), new List<JsonRpcMessage>());
        var ask = new UpstreamClient(remote, call.Server, known, call.Upstream.Link);
        foreach (var message in posted.Messages)
        {
            var refused = await rules.CheckAsync(call, message, posted.Rights, ask.InSessionAsync);
            if (refused is { Refusal: { } refusal } && !posted.IsBatch)
            {
                await JsonRpcErrorWriter.WriteAsync(call.Context, refusal, posted.Id);
                return;
            }

            if (refused is null)
                sent.Add(message);
            else if (message.Envelope.IsRequest)
                own.Add(JsonRpcMessage.CreateError(message.Envelope.Id, refused.Error));
        }

        await ForwardAsync(call, posted, known, sent, own);
    }

    private async Task ForwardAsync(
        RemoteCall call, PostedMessages posted, Dictionary<string, string> known, List<JsonRpcMessage> sent, List<JsonRpcMessage> own)
    {
        var requests = sent.Where(message => message.Envelope.IsRequest).ToArray();
        var pending = requests.Select(message => message.Envelope.Id).ToHashSet();
        var relay = new PostRelay(remote, call, pending, own, posted.IsBatch);
        if (pending.Count < requests.Length)
        {
            await JsonRpcErrorWriter.WriteAsync(call.Context, Refusal.IdInFlight, posted.Id);
            return;
        }

        if (sent.Count == 0)
        {
            await relay.AnswerOwnAsync();
            return;
        }

        using var turn = await RemoteBody.AwaitTurnAsync(remote, call, posted);
        if (turn is null)
        {
            await JsonRpcErrorWriter.WriteAsync(call.Context, Refusal.TooManyAtATime, posted.Id);
            return;
        }

        var failure = await remote.Reports.ForwardAsync(call, new RemoteExchange
        {
            Target = url => url,
            Headers = known,
            Body = RemoteBody.Write(sent, posted.IsBatch),
            Receive = relay.ReceiveAsync,
        });
        if (failure is not UpstreamFailure.None)
            await relay.FailAsync(failure);
    }

    private async Task DeleteAsync(RemoteCall call)
    {
        if (headers.TryMake(call, MediaTypes.Both, out var known) is { } refusal)
        {
            await JsonRpcErrorWriter.WriteAsync(call.Context, refusal, default);
            return;
        }

        var failure = await remote.Reports.ForwardAsync(call, new RemoteExchange
        {
            Target = url => url,
            Headers = known,
            Receive = async (response, _) =>
            {
                if (response.IsSuccessStatusCode)
                    call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
                else
                    await listening.RefuseAsync(call, response, "GET, POST");
            },
        });
        if (failure is not UpstreamFailure.None)
            await RemoteListening.FailAsync(call, failure);
    }
}
