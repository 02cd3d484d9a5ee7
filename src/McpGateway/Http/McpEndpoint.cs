using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>The way into a stdio server over HTTP: picks the transport by the path's last part.</summary>
public sealed class McpEndpoint
{
    private readonly ServerRegistry _servers;
    private readonly StreamableHttpHandler _streamable;
    private readonly SseHandler _sse;
    private readonly MessageHandler _message;
    private readonly SessionManager _sessions;

    internal McpEndpoint(
        ServerRegistry servers, StreamableHttpHandler streamable, SseHandler sse, MessageHandler message, SessionManager sessions)
    {
        _servers = servers;
        _sessions = sessions;
        _streamable = streamable;
        _sse = sse;
        _message = message;
    }

    /// <summary>The replica that holds the session of a request, by the session's id. Anybody can write one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="replica">Null when the id names none, or the request is one that will be refused.</param>
    /// <returns>False when the request names no session: it opens one, or does without.</returns>
    public static bool TryFindReplica(HttpContext context, out string? replica)
    {
        var request = context.Request;
        var ids = IsMessage(request.Path.Value) ? request.Query["sessionId"] : request.Headers[StreamableHttpHandler.SessionHeader];
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
            ? $"{serverName}\n{owner.Issuer}\n{owner.Subject}" : null;

    /// <summary>A replica leaves: ends the streams that run through it, in order.</summary>
    public void LeaveVia(string replica) => _sessions.LeaveVia(replica);

    /// <param name="context">The request; it has been let in.</param>
    /// <param name="serverName">The stdio server that its route names.</param>
    /// <param name="prefix">What stands before the transport's name in the path: empty, or /{name}.</param>
    public Task HandleAsync(HttpContext context, string serverName, string prefix)
    {
        if (_servers.Find(serverName) is not { } server)
            return JsonRpcErrorWriter.UnknownServerAsync(context);
        return context.Request.Path.Value.AsSpan(prefix.Length).TrimEnd('/') switch
        {
            "/mcp" => _streamable.HandleAsync(context, server, prefix),
            "/sse" => _sse.HandleAsync(context, server, prefix),
            "/message" => _message.HandleAsync(context, server),
            _ => JsonRpcErrorWriter.UnknownServerAsync(context),
        };
    }

    private static bool IsMessage(string? path) => path.AsSpan().TrimEnd('/').EndsWith("/message", StringComparison.Ordinal);
}
