using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>A remote server's stream for what belongs to no request: passed on for as long as both sides keep it open.</summary>
internal sealed class RemoteListening(RemoteContext remote, RateLimits limits, RemoteHeaders headers)
{
    /// <summary>Opens the stream of Streamable HTTP.</summary>
    public Task ListenAsync(RemoteCall call) =>
        OpenAsync(call, (response, _) => PassAsync(call, response, BeginAsync, rewriteEndpoint: null));

    /// <summary>Opens a stream.</summary>
    /// <param name="call">A GET.</param>
    /// <param name="pass">Is given what the server answers, if it is a stream.</param>
    public async Task OpenAsync(RemoteCall call, Func<HttpResponseMessage, UpstreamAddress, Task> pass)
    {
        var context = call.Context;
        if (!MediaTypes.Accepts(context.Request.Headers.Accept, MediaTypes.SseWriter))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.SseWriter);
            return;
        }

        var known = new Dictionary<string, string>();
        var refusal = remote.Drain.Begun.IsCancellationRequested ? Refusal.Draining : limits.ChargeOpening(context, call.Server);
        if ((refusal ?? headers.TryMake(call, MediaTypes.SseWriter, out known)) is { } refused)
        {
            await JsonRpcErrorWriter.WriteAsync(context, refused, default);
            return;
        }

        var failure = await remote.Reports.ForwardAsync(call, new RemoteExchange
        {
            Target = url => url,
            Headers = known,
            IsStream = true,
            Receive = async (response, address) =>
            {
                if (!response.IsSuccessStatusCode)
                    await RefuseAsync(call, response, "POST, DELETE");
                else if (response.IsEventStream())
                    await pass(response, address);
                else
                    await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status502BadGateway, UpstreamErrors.Unreadable(call.Server.Name));
            },
        });
        if (failure is not UpstreamFailure.None)
            await FailAsync(call, failure);
    }

    /// <summary>Passes events on until either side, or the gateway, ends the stream.</summary>
    /// <param name="call">The GET.</param>
    /// <param name="response">The stream.</param>
    /// <param name="begin">Looks at what comes first and starts the response; false when it has answered otherwise.</param>
    /// <param name="rewriteEndpoint">See <see cref="SseRelay.RewriteEndpoint"/>.</param>
    public async Task PassAsync(
        RemoteCall call, HttpResponseMessage response, Func<HttpContext, UpstreamEvents, Task<bool>> begin,
        Func<string, string?>? rewriteEndpoint)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(call.Context.RequestAborted, remote.Drain.Begun);
        await using var stream = await response.Content.ReadAsStreamAsync(leave.Token);
        await using var events = new UpstreamEvents(stream, remote.MessageBytes, remote.Time, leave.Token);
        var filter = new UpstreamFilter(remote, call.Server, Caller.Of(call.Context));
        var relay = new SseRelay(remote, call.Context, call.Server, filter) { RewriteEndpoint = rewriteEndpoint };
        try
        {
            if (await begin(call.Context, events))
                await relay.RunAsync(events);
        }
        catch (OperationCanceledException) when (!call.Context.RequestAborted.IsCancellationRequested)
        {
            // The gateway stops: its clients find their streams ended.
        }
    }

    /// <summary>Answers with what the server's refusal means here.</summary>
    /// <param name="call">The client's request.</param>
    /// <param name="response">No success.</param>
    /// <param name="allow">The methods that are left when it has no use for this one.</param>
    /// <param name="id">Of the client's request, where it has one.</param>
    public async Task RefuseAsync(RemoteCall call, HttpResponseMessage response, string allow, JsonRpcId id = default)
    {
        if ((int)response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            await JsonRpcErrorWriter.MethodNotAllowedAsync(call.Context, allow);
        else if (await RefusedAnswer.TryPassAsync(remote, call, response, id) is { } error)
            await JsonRpcErrorWriter.WriteAsync(call.Context, StatusCodes.Status502BadGateway, error, id);
    }

    /// <summary>Answers when the server did not.</summary>
    public static Task FailAsync(RemoteCall call, UpstreamFailure failure, JsonRpcId id = default) => failure switch
    {
        UpstreamFailure.Unavailable => JsonRpcErrorWriter.WriteAsync(call.Context, UpstreamErrors.Unavailable(call.Server.Name), id),
        UpstreamFailure.SessionLost => JsonRpcErrorWriter.WriteAsync(call.Context, Refusal.SessionNotFound, id),
        _ => JsonRpcErrorWriter.WriteAsync(call.Context, UpstreamErrors.StatusOf(failure), UpstreamErrors.Of(failure, call.Server.Name), id),
    };

    private static async Task<bool> BeginAsync(HttpContext context, UpstreamEvents events)
    {
        await SseWriter.StartAsync(context); // clients wait for the headers, and the first event may take hours
        return true;
    }
}
