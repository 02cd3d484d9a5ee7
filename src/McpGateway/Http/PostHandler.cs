using McpGateway.Cli.DemoServer;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Http;

/// <summary>POST /{server}/mcp: messages into a session, or the initialize that opens one.</summary>
internal sealed class PostHandler(
    SessionManager sessions, RequestBodyReader body, RateLimits limits, CallerValues values, QueueBudget budget, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, ServerState server, StringValues id, StringValues version)
    {
        var accept = context.Request.Headers.Accept;
        if (!MediaTypes.Accepts(accept, MediaTypes.Json) || !MediaTypes.Accepts(accept, MediaTypes.SseWriter))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.Both);
            return;
        }

        var session = id.Count == 1 ? sessions.Find(server.Name, id[0]!, Caller.Of(context)) : null;
        if (await body.ReadAsync(context, server.Config, () => AllowsBatches(session, version)) is not { } posted)
            return;
        var refused = Check(context, session, id, version, posted);
        if (refused is null && session is null)
            refused = Open(context, server, posted, out session);
        if (refused is not null)
        {
            posted.Dispose();
            await refused;
            return;
        }

        var taken = false;
        try
        {
            taken = await RelayAsync(context, session!, posted);
        }
        finally
        {
            if (id.Count == 0 && (!taken || context.RequestAborted.IsCancellationRequested))
                session!.EndSoon(); // its client left before it knew the session's id, or was refused
        }
    }

    // A batch cannot come before initialize, so its revision is the session's, whatever the header says.
    private static bool AllowsBatches(Session? session, StringValues version) =>
        ProtocolVersion.AllowsBatches(session?.ProtocolVersion ?? version.FirstOrDefault() ?? ProtocolVersion.AssumedByHttp);

    private static Task? Check(HttpContext context, Session? session, StringValues id, StringValues version, PostedMessages posted)
    {
        if (version.Count == 1 && !ProtocolVersion.IsServed(version[0]!))
            return JsonRpcErrorWriter.UnsupportedVersionAsync(context, version[0]!, posted.Id);
        if (posted is { IsBatch: true, HasInitialize: true })
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.Invalid("initialize must not be part of a batch."), default);
        if (id.Count == 1)
            return session is { Kind: SessionKind.Streamable } ? null : JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, posted.Id);
        return posted.HasInitialize ? null : JsonRpcErrorWriter.BadRequestAsync(
            context, $"{StreamableHttpHandler.SessionHeader} is missing; only initialize comes without it.", posted.Id);
    }

    private Task? Open(HttpContext context, ServerState server, PostedMessages posted, out Session? session)
    {
        session = null;
        var refusal = limits.ChargeOpening(context, server.Config)
            ?? values.TryRead(context, server, out var user)
            ?? sessions.TryOpen(SessionKind.Streamable, server, Caller.Of(context), out session, user);
        if (refusal is not null)
            return JsonRpcErrorWriter.WriteAsync(context, refusal, posted.Id);
        context.Response.Headers[StreamableHttpHandler.SessionHeader] = session!.Id;
        return null;
    }

    // Whether the session took the messages, or refused them.
    private async Task<bool> RelayAsync(HttpContext context, Session session, PostedMessages posted)
    {
        var hasRequest = posted.HasRequest;
        var stream = ResponseStream.ForAnswers(budget, time);
        stream.Await(); // until all of a batch is sent
        try
        {
            // A request's answer shows what became of it; and while its child starts, the client is to hear keep-alives.
            if (!await posted.RelayAsync(context, session, stream, awaitDelivery: !hasRequest))
                return false;
            stream.Release();
            if (hasRequest)
                await PostResponseWriter.WriteAsync(context, stream, posted.IsBatch);
            else
                PostResponseWriter.Accepted(context);
            return true;
        }
        finally
        {
            stream.Abandon();
        }
    }
}
