using McpGateway.Policies;
using McpGateway.Sessions;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Http;

/// <summary>POST /{server}/mcp: messages into a session, or the initialize that opens one.</summary>
internal sealed class PostHandler(RequestBodyReader body, RateLimits limits)
{
    public async Task HandleAsync(HttpContext context, IBackend backend, StringValues id, StringValues version)
    {
        var accept = context.Request.Headers.Accept;
        // Both: which of the two the answer will be is not known yet (Streamable HTTP, "Sending Messages to the Server").
        if (!MediaTypes.Accepts(accept, MediaTypes.Json) || !MediaTypes.Accepts(accept, MediaTypes.EventStream))
        {
            await JsonRpcErrorWriter.NotAcceptableAsync(context, MediaTypes.Both);
            return;
        }

        // Before the body: it tells the session's revision, which says whether a batch may come.
        var isFound = id.Count == 1 && backend.TryFind(SessionKind.Streamable, id[0]!);
        if (await body.ReadAsync(context, backend.Server, AllowsBatches(backend, version)) is not { } posted)
            return;
        if ((Check(context, backend, isFound, id, version, posted) ?? Open(context, backend, id, posted)) is { } refused)
        {
            posted.Dispose();
            await refused;
            return;
        }

        await RelayAsync(context, backend, isOpened: id.Count == 0, posted);
    }

    // A batch cannot come before initialize, so its revision is the session's, whatever the header says.
    private static bool AllowsBatches(IBackend backend, StringValues version) =>
        ProtocolVersion.AllowsBatches(backend.ProtocolVersion ?? version.FirstOrDefault() ?? ProtocolVersion.AssumedByHttp);

    private static Task? Check(
        HttpContext context, IBackend backend, bool isFound, StringValues id, StringValues version, PostedMessages posted)
    {
        if (posted.IsDiscover)
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.NotDiscoverable, posted.Id);
        // Before the session: a client of a newer revision has none, and must learn which revisions there are.
        if (version.Count == 1 && !ProtocolVersion.IsServed(version[0]!))
            return JsonRpcErrorWriter.UnsupportedVersionAsync(context, version[0]!, posted.Id);
        // Revision 2025-03-26, "Initialization".
        if (posted is { IsBatch: true, HasInitialize: true })
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.Invalid("initialize must not be part of a batch."), default);
        if (id.Count == 1)
            return isFound ? null : JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, posted.Id);
        return !backend.RequiresSession || posted.HasInitialize ? null : JsonRpcErrorWriter.BadRequestAsync(
            context, $"{McpHeaders.SessionId} is missing; only initialize comes without it.", posted.Id);
    }

    private Task? Open(HttpContext context, IBackend backend, StringValues id, PostedMessages posted)
    {
        if (id.Count == 1)
            return null;
        // Only what opens a session is charged as an opening: where none is required, each message comes without one.
        var refusal = (posted.HasInitialize ? limits.ChargeOpening(context, backend.Server) : null) ?? backend.TryOpen();
        return refusal is null ? null : JsonRpcErrorWriter.WriteAsync(context, refusal, posted.Id);
    }

    private static async Task RelayAsync(HttpContext context, IBackend backend, bool isOpened, PostedMessages posted)
    {
        // If PostAsync throws, this makes the session that was opened be given up below.
        BackendReply reply = Refusal.SessionNotFound;
        try
        {
            reply = await backend.PostAsync(posted);
            await PostResponseWriter.WriteAsync(context, reply, posted.Id, posted.IsBatch);
        }
        finally
        {
            await reply.CloseAsync();
            if (isOpened && (reply.Refusal is not null || context.RequestAborted.IsCancellationRequested))
                backend.GiveUpSession(); // its client left before it knew the session's id, or was refused
        }
    }
}
