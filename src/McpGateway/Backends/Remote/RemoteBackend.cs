using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// A remote server, where its sessions live. The gateway checks each request, forwards it, and filters the response.
/// </summary>
internal sealed class RemoteBackend(RemoteContext remote, RemoteCall call) : IBackend
{
    public ServerConfig Server => call.Server;

    public bool ServesStreamableHttp => call.Target.Transport is RemoteTransport.StreamableHttp;

    public bool ServesSse => call.Target.Transport is RemoteTransport.Sse;

    public bool RequiresSession => false;

    public string? ProtocolVersion => null;

    // The sealed id was opened before, because the server's address is chosen by it (SealedSessionAffinity).
    public bool TryFind(SessionKind kind, string id) => call.Session is not null;

    public Refusal? TryOpen() => null;

    public async ValueTask<BackendReply> PostAsync(PostedMessages posted)
    {
        // Disposed of when the reply is known. By then the messages are copied into the request's body, and of the messages only
        // the envelopes are still read, which stay valid.
        using (posted)
        {
            // Responses and notifications still pass: they settle what is in flight.
            if (remote.Drain.Begun.IsCancellationRequested && posted.HasRequest)
                return Refusal.Draining;
            if (RemoteHeaders.TryMake(call, RemoteHeaders.Both, out var headers) is { } missing)
                return missing;
            return ServesSse
                ? await new RemoteMessagePost(remote, call, posted).SendAsync(headers)
                : await new RemotePost(remote, call, posted).SendAsync(headers);
        }
    }

    public ValueTask<BackendReply> CallAsync(PostedMessages posted)
    {
        posted.Dispose();
        return new(Refusal.BadRequest("sessionId is missing. GET /sse returns the URL to which messages are posted."));
    }

    public ValueTask<BackendReply> ListenAsync() => new RemoteListening(remote, call).ListenAsync();

    public ValueTask<BackendReply> OpenSseAsync() => new RemoteListening(remote, call).OpenSseAsync();

    public async ValueTask<BackendReply> EndSessionAsync()
    {
        if (RemoteHeaders.TryMake(call, RemoteHeaders.Both, out var headers) is { } refusal)
            return refusal;
        return await RemoteForward.BeginAsync(
            remote, call, new RemoteExchange { Target = url => url, Headers = headers },
            async (forward, response, _) => forward.Answer(
                response.IsSuccessStatusCode ? default : await RefusedAnswer.ReplyAsync(remote, call, response, "GET, POST")),
            failure => UpstreamErrors.Refusal(failure, call.Server.Name));
    }

    public void GiveUpSession()
    {
        // The session belongs to the remote server, which ends it.
    }
}
