using System.Text;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>Relays a remote server's stream for messages of no request, as long as both sides keep it open.</summary>
internal sealed class RemoteListening(RemoteContext remote, RemoteCall call)
{
    private string Server => call.Server.Name;

    /// <summary>Opens the stream of Streamable HTTP.</summary>
    public ValueTask<BackendReply> ListenAsync() => OpenAsync(async (forward, events, _, leave) =>
    {
        var stream = ResponseStream.Lasting(remote.Budget, remote.Time);
        forward.Answer(new BackendReply(stream, ReplyForm.Events));
        await Relay(stream, leave).RunAsync(events, forward.Left);
    });

    /// <summary>Opens a session of HTTP+SSE. The client posts messages with a sealed id, which says where they go.</summary>
    public ValueTask<BackendReply> OpenSseAsync() => OpenAsync(async (forward, events, address, leave) =>
    {
        // The server must send the endpoint first (MCP 2024-11-05, Transports, "HTTP with SSE"). The client gets no response
        // before it is known that the endpoint can be used.
        var (refusal, id) = await ReadEndpointAsync(events, address);
        if (refusal is not null)
        {
            forward.Answer(refusal);
            return;
        }

        var stream = ResponseStream.Lasting(remote.Budget, remote.Time);
        forward.Answer(new BackendReply(stream, ReplyForm.Events) { SessionId = id });
        await Relay(stream, leave, endpoint => SealedId(address, endpoint) is { } other ? call.Request.MessageUrl(other) : null)
            .RunAsync(events, forward.Left);
    });

    private async ValueTask<BackendReply> OpenAsync(
        Func<RemoteForward, UpstreamEvents, UpstreamAddress, CancellationTokenSource, Task> pass)
    {
        if (remote.Drain.Begun.IsCancellationRequested)
            return Refusal.Draining;
        if (RemoteHeaders.TryMake(call, RemoteHeaders.EventStream, out var headers) is { } missing)
            return missing;
        return await RemoteForward.BeginAsync(
            remote, call, new RemoteExchange { Target = url => url, Headers = headers, IsStream = true },
            async (forward, response, address) =>
            {
                if (!response.IsSuccessStatusCode)
                    forward.Answer(await RefusedAnswer.ReplyAsync(remote, call, response, "POST, DELETE"));
                else if (!response.IsEventStream())
                    forward.Answer(new Refusal(RefusalReason.ServerFailed, UpstreamErrors.Unreadable(Server)));
                else
                    await ReadAsync(forward, response, address, pass);
            },
            failure => UpstreamErrors.Refusal(failure, Server));
    }

    private async Task ReadAsync(
        RemoteForward forward, HttpResponseMessage response, UpstreamAddress address,
        Func<RemoteForward, UpstreamEvents, UpstreamAddress, CancellationTokenSource, Task> pass)
    {
        // Nobody waits for an answer on this stream, so it ends as soon as the gateway stops. Its client comes back elsewhere.
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(forward.Left, remote.Drain.Begun);
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(leave.Token);
            await using var events = new UpstreamEvents(content, remote.MessageBytes, remote.Time, leave.Token);
            await pass(forward, events, address, leave);
        }
        catch (OperationCanceledException) when (!forward.Left.IsCancellationRequested)
        {
            forward.Answer(Refusal.Draining); // has an effect only if the gateway stops before the first event
        }
    }

    private UpstreamRelay Relay(
        ResponseStream stream, CancellationTokenSource leave, Func<string, string?>? rewriteEndpoint = null) =>
        new(remote, call.Server, stream, new UpstreamFilter(remote, call.Server, call.Request.Owner), leave)
        {
            RewriteEndpoint = rewriteEndpoint,
        };

    private async Task<(Refusal? Refusal, string? SessionId)> ReadEndpointAsync(UpstreamEvents events, UpstreamAddress address)
    {
        switch (await events.ReadAsync(call.Server.RequestTimeout))
        {
            case EventRead.Silence:
                return (new(RefusalReason.ServerTimedOut, UpstreamErrors.TimedOut(Server, "requestTimeout")), null);
            case EventRead.Event:
                var data = Encoding.UTF8.GetString(events.Current.Data.Span);
                events.Current.Data.Return();
                if (events.Current.EventType != SseEvents.Endpoint)
                    return (new(RefusalReason.ServerFailed, UpstreamErrors.Unreadable(Server)), null);
                return SealedId(address, data) is { } id
                    ? (null, id)
                    : (new(RefusalReason.ServerFailed, UpstreamErrors.ForeignEndpoint(Server)), null);
            default:
                return (new(RefusalReason.ServerFailed, UpstreamErrors.Cut(Server)), null);
        }
    }

    private string? SealedId(UpstreamAddress address, string endpoint) =>
        UpstreamEndpoint.Resolve(address.Url, endpoint) is { } path
            ? remote.Seal.Seal(Server, call.Request.Owner, new UpstreamSession(address.Destination, path))
            : null;
}
