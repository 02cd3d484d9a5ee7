using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Remote;

/// <summary>The way to a remote server: picks the transport by the path's last part, and knows whose sessions are whose.</summary>
internal sealed class RemoteEndpoint
{
    private readonly GatewayConfigProvider _config;
    private readonly SessionSeal _seal;
    private readonly RemoteStreamableHandler _streamable;
    private readonly RemoteSseHandler _sse;

    internal RemoteEndpoint(GatewayConfigProvider config, SessionSeal seal, RemoteStreamableHandler streamable, RemoteSseHandler sse)
    {
        _config = config;
        _seal = seal;
        _streamable = streamable;
        _sse = sse;
    }

    /// <summary>The session that a request names; null when it names none, or none that exists for its sender.</summary>
    public UpstreamSession? FindSession(HttpContext context, string serverName) => Requested(context, serverName).Session;

    /// <summary>Has the session that a request names not exist: none of the server's addresses has it.</summary>
    public static void ForgetSession(HttpContext context) => context.Features.Set(new RequestedSession(IsGiven: true, null));

    /// <param name="context">The request; it has been let in.</param>
    /// <param name="serverName">The remote server that its route names.</param>
    /// <param name="prefix">What stands before the transport's name in the path: empty, or /{name}.</param>
    /// <param name="upstream">The way to the server.</param>
    public Task HandleAsync(HttpContext context, string serverName, string prefix, IUpstream upstream)
    {
        if (_config.Current.Servers.GetValueOrDefault(serverName) is not { Target: RemoteTarget { Transport: var transport } } server)
            return JsonRpcErrorWriter.UnknownServerAsync(context);
        var call = new RemoteCall(context, server, prefix, Requested(context, serverName), upstream);
        var path = PathOf(context, prefix);
        var isGet = HttpMethods.IsGet(context.Request.Method);
        switch (path, transport)
        {
            case ("/mcp", RemoteTransport.StreamableHttp):
                return _streamable.HandleAsync(call);
            case ("/message", RemoteTransport.Sse):
                return _sse.PostAsync(call);
            // At /mcp too: there are configurations that say "sse" and give that URL.
            case ("/sse" or "/mcp", RemoteTransport.Sse) when isGet:
                return _sse.OpenAsync(call);
            case ("/sse", _) or ("/mcp", RemoteTransport.Sse) when !isGet:
                JsonRpcErrorWriter.OnlyGet(context);
                return Task.CompletedTask;
            default:
                return JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status404NotFound, new JsonRpcError(
                    JsonRpcErrorCode.NotFound, $"This server is at {prefix}{(transport is RemoteTransport.Sse ? "/sse" : "/mcp")}."));
        }
    }

    private RequestedSession Requested(HttpContext context, string serverName)
    {
        if (context.Features.Get<RequestedSession>() is { } known)
            return known;
        var given = context.Request.Path.Value!.TrimEnd('/').EndsWith("/message", StringComparison.Ordinal)
            ? context.Request.Query["sessionId"]
            : context.Request.Headers[StreamableHttpHandler.SessionHeader];
        var found = new RequestedSession(given.Count > 0, given is [{ } id] ? _seal.Open(serverName, Caller.Of(context), id) : null);
        context.Features.Set(found);
        return found;
    }

    private static string PathOf(HttpContext context, string prefix) => context.Request.Path.Value![prefix.Length..].TrimEnd('/');
}
