using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Posts a message in an HTTP+SSE session (revision 2024-11-05). The response comes on the session's stream, which may run
/// through another replica.
/// </summary>
internal sealed class RemoteMessagePost(RemoteContext remote, RemoteCall call, PostedMessages posted)
{
    public async ValueTask<BackendReply> SendAsync(Dictionary<string, string> headers)
    {
        var policy = new RemotePolicy(remote, call);
        var client = new UpstreamClient(remote, call.Server, headers, call.Upstream.Link);
        var (refusal, error) = await policy.CheckAsync(posted.Messages[0], posted.Rights, client.InSessionOfItsOwnAsync);
        // The gateway cannot write to a stream that runs through another replica, so the status of the POST reports the error.
        if ((refusal ?? (error is null ? null : new Refusal(RefusalReason.Invalid, error))) is { } refused)
            return refused;
        var (busy, permit) = await policy.AcquireAsync(posted);
        if (busy is not null)
            return busy;
        return await RemoteForward.BeginAsync(
            remote, call,
            new RemoteExchange
            {
                Target = url => UpstreamEndpoint.At(url, call.Session!.Id),
                Headers = headers,
                Body = RemoteMessages.Write(posted.Messages, isBatch: false),
            },
            async (forward, response, _) => forward.Answer(response.IsSuccessStatusCode
                ? default
                : await RefusedAnswer.ReplyAsync(remote, call, response, HttpMethods.Post, posted.Id)),
            failure => UpstreamErrors.Refusal(failure, call.Server.Name),
            permit);
    }
}
