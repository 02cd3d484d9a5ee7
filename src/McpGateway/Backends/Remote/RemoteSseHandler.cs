using System.Text;
using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>
/// /{server}/sse and /{server}/message of a remote server that speaks HTTP+SSE (revision 2024-11-05). Its event <c>endpoint</c> is
/// rewritten: the client posts its messages here, under a sealed id that tells where they go.
/// </summary>
internal sealed class RemoteSseHandler(
    RemoteContext remote, RequestBodyReader body, RemoteHeaders headers, RemoteRules rules, RemoteListening listening)
{
    private const string EndpointEvent = "endpoint";

    public Task OpenAsync(RemoteCall call) => listening.OpenAsync(call, (response, address) =>
    {
        string? Rewrite(string endpoint) => EndpointFor(call, address, endpoint);
        return listening.PassAsync(call, response, (_, events) => BeginAsync(call, events, Rewrite), Rewrite);
    });

    public async Task PostAsync(RemoteCall call)
    {
        var context = call.Context;
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await JsonRpcErrorWriter.MethodNotAllowedAsync(context, HttpMethods.Post);
            return;
        }

        if (await body.ReadAsync(context, call.Server, () => false) is not { } posted)
            return;
        using var message = posted.Messages[0];
        var id = posted.Id;
        var known = new Dictionary<string, string>();
        if (!call.Requested.IsGiven)
            await JsonRpcErrorWriter.BadRequestAsync(context, "sessionId is missing; GET /sse tells where messages are posted.", id);
        else if (call.Session is not { } session)
            await JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, id);
        else if (remote.Drain.Begun.IsCancellationRequested && posted.HasRequest)
            await JsonRpcErrorWriter.WriteAsync(context, Refusal.Draining, id);
        else if (headers.TryMake(call, MediaTypes.Both, out known) is { } refusal)
            await JsonRpcErrorWriter.WriteAsync(context, refusal, id);
        else if (await CheckAsync(call, message, posted.Rights, known) is not { } refused)
            await SendAsync(call, session, posted, known);
        else if (refused.Refusal is { } rule)
            await JsonRpcErrorWriter.WriteAsync(context, rule, id);
        else // The stream may be another replica's, so the answer cannot go there: clients take this status for it.
            await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status400BadRequest, refused.Error, id);
    }

    private ValueTask<Refused?> CheckAsync(
        RemoteCall call, JsonRpcMessage message, SenderRights rights, Dictionary<string, string> known) =>
        rules.CheckAsync(call, message, rights, new UpstreamClient(remote, call.Server, known, call.Upstream.Link).InSessionOfItsOwnAsync);

    private async Task SendAsync(RemoteCall call, UpstreamSession session, PostedMessages posted, Dictionary<string, string> known)
    {
        var (context, id) = (call.Context, posted.Id);
        using var turn = await RemoteBody.AwaitTurnAsync(remote, call, posted);
        if (turn is null)
        {
            await JsonRpcErrorWriter.WriteAsync(context, Refusal.TooManyAtATime, id);
            return;
        }

        var failure = await remote.Reports.ForwardAsync(call, new RemoteExchange
        {
            Target = url => UpstreamEndpoint.At(url, session.Id),
            Headers = known,
            Body = RemoteBody.Write(posted.Messages, isBatch: false),
            Receive = async (response, _) =>
            {
                if (!response.IsSuccessStatusCode)
                {
                    await listening.RefuseAsync(call, response, HttpMethods.Post, id);
                    return;
                }

                context.Response.StatusCode = StatusCodes.Status202Accepted;
                await context.Response.WriteAsync("Accepted", context.RequestAborted);
            },
        });
        if (failure is not UpstreamFailure.None)
            await RemoteListening.FailAsync(call, failure, id);
    }

    // The first event has to be the endpoint; before it is known to be one that can be used, nothing has been answered yet.
    private static async Task<bool> BeginAsync(RemoteCall call, UpstreamEvents events, Func<string, string?> rewrite)
    {
        var (context, server) = (call.Context, call.Server);
        var read = await events.ReadAsync(server.RequestTimeout);
        var error = read switch
        {
            EventRead.Silence => UpstreamErrors.TimedOut(server.Name, "requestTimeout"),
            EventRead.Event when events.Current.EventType == EndpointEvent => null,
            EventRead.Event => UpstreamErrors.Unreadable(server.Name),
            _ => UpstreamErrors.Cut(server.Name),
        };
        string? endpoint = null;
        if (read is EventRead.Event)
        {
            endpoint = error is null ? rewrite(Encoding.UTF8.GetString(events.Current.Data.Span)) : null;
            events.Current.Data.Return();
        }

        if (endpoint is null)
        {
            var status = read is EventRead.Silence ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway;
            await JsonRpcErrorWriter.WriteAsync(context, status, error ?? UpstreamErrors.ForeignEndpoint(server.Name));
            return false;
        }

        await SseWriter.StartAsync(context);
        SseWriter.Write(context.Response.BodyWriter, EndpointEvent, endpoint);
        return true;
    }

    private string? EndpointFor(RemoteCall call, UpstreamAddress address, string endpoint)
    {
        if (UpstreamEndpoint.Resolve(address.Url, endpoint) is not { } path)
            return null;
        var id = remote.Seal.Seal(call.Server.Name, Caller.Of(call.Context), new UpstreamSession(address.Destination, path));
        return $"{call.Context.Request.PathBase}{call.Prefix}/message?sessionId={id}";
    }
}
