using McpGateway.Backends.Remote;
using McpGateway.Backends.Stdio;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using Microsoft.Extensions.Options;

namespace McpGateway.Http;

/// <summary>The way into every server over HTTP: finds its backend, and picks the transport by the path's last part.</summary>
internal sealed class McpEndpoint
{
    private readonly ServerRegistry _servers;
    private readonly StdioParts _stdio;
    private readonly RemoteServers _remote;
    private readonly HttpTransports _transports;
    private readonly AccessOptions _access;

    internal McpEndpoint(
        ServerRegistry servers, StdioParts stdio, RemoteServers remote, HttpTransports transports, IOptions<AccessOptions> access)
    {
        _servers = servers;
        _stdio = stdio;
        _remote = remote;
        _transports = transports;
        _access = access.Value;
    }

    /// <summary>The header that names a session of Streamable HTTP.</summary>
    public static string SessionHeader => McpHeaders.SessionId;

    /// <summary>The last parts of a server's paths.</summary>
    public static IReadOnlyList<string> Paths => McpPaths.All;

    /// <summary>The replica that holds the session of a request, by the session's id. Anybody can write one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="replica">Null when the id names none, or the request is one that will be refused.</param>
    /// <returns>False when the request names no session: it opens one, or does without.</returns>
    public static bool TryFindReplica(HttpContext context, out string? replica)
    {
        var ids = McpPaths.SessionIdsOf(context.Request);
        replica = ids is [{ } id] ? SessionId.ReplicaOf(id) : null;
        return ids.Count > 0;
    }

    /// <summary>
    /// The key by which requests without a session are placed: all of a user's at one replica, if the server's children
    /// belong to users.
    /// </summary>
    /// <param name="context">The request; it has been let in.</param>
    /// <param name="serverName">The stdio server that its route names.</param>
    /// <returns>Null: any replica will do.</returns>
    public string? PlacementKeyOf(HttpContext context, string serverName) =>
        _servers.Find(serverName)?.Stdio is { Isolation: Isolation.User } && Caller.Of(context) is var owner
            // A line break between the parts, or two users' parts could add up to the same key.
            ? $"{serverName}\n{owner.Issuer}\n{owner.Subject}" : null;

    /// <summary>A replica leaves: ends the streams that run through it, in order.</summary>
    public void LeaveVia(string replica) => _stdio.Sessions.LeaveVia(replica);

    /// <summary>The session with a remote server that a request names; null when none exists for its sender.</summary>
    public UpstreamSession? FindUpstreamSession(HttpContext context, string serverName) => Requested(context, serverName).Session;

    /// <summary>Has the session that a request names not exist: none of the server's addresses has it.</summary>
    public static void ForgetUpstreamSession(HttpContext context) => context.Features.Set(RequestedSession.Unknown);

    /// <param name="context">The request; it has been let in.</param>
    /// <param name="serverName">The server that its route names.</param>
    /// <param name="prefix">What stands before the transport's part in the path: empty, or /{name}.</param>
    /// <param name="upstream">The way to the server; null for a stdio server, which is here.</param>
    public Task HandleAsync(HttpContext context, string serverName, string prefix, IUpstream? upstream = null)
    {
        var request = new ClientRequest(context, prefix, _access);
        var backend = upstream is null
            ? _servers.Find(serverName) is { } server ? new StdioBackend(_stdio, server, request) : null
            : _remote.TryCreate(serverName, request, Requested(context, serverName), upstream);
        return backend is null ? JsonRpcErrorWriter.UnknownServerAsync(context) : HandleAsync(context, backend, prefix);
    }

    private Task HandleAsync(HttpContext context, IBackend backend, string prefix)
    {
        var isGet = HttpMethods.IsGet(context.Request.Method);
        return context.Request.Path.Value.AsSpan(prefix.Length).TrimEnd('/') switch
        {
            McpPaths.StreamableHttp when backend.ServesStreamableHttp =>
                _transports.StreamableHttp.HandleAsync(context, backend, prefix),
            // At /mcp too: there are configurations that say "sse" and give that URL.
            McpPaths.Sse or McpPaths.StreamableHttp when backend.ServesSse || !isGet =>
                _transports.Sse.HandleAsync(context, backend, prefix),
            // Not without HTTP+SSE: only its sessions, and calls without a session, are posted there.
            McpPaths.Message when backend.ServesSse => _transports.Message.HandleAsync(context, backend),
            _ => NotHereAsync(context, backend, prefix),
        };
    }

    private static Task NotHereAsync(HttpContext context, IBackend backend, string prefix) => backend switch
    {
        { ServesStreamableHttp: true, ServesSse: true } => JsonRpcErrorWriter.UnknownServerAsync(context),
        _ => JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status404NotFound, new JsonRpcError(
            JsonRpcErrorCode.NotFound,
            $"This server is at {prefix}{(backend.ServesSse ? McpPaths.Sse : McpPaths.StreamableHttp)}.")),
    };

    private RequestedSession Requested(HttpContext context, string serverName)
    {
        // Opened once for each request: affinity and the backend both need it, and must not come to different results.
        if (context.Features.Get<RequestedSession>() is { } known)
            return known;
        var found = _remote.FindSession(serverName, Caller.Of(context), McpPaths.SessionIdsOf(context.Request));
        context.Features.Set(found);
        return found;
    }
}
