using McpGateway.Servers;
using McpGateway.Transports.Sse;
using McpGateway.Transports.StreamableHttp;

namespace McpGateway.Transports;

/// <summary>The way into a stdio server over HTTP: picks the transport by the path's last part.</summary>
public sealed class McpEndpoint
{
    private readonly ServerRegistry _servers;
    private readonly StreamableHttpHandler _streamable;
    private readonly SseHandler _sse;
    private readonly MessageHandler _message;

    internal McpEndpoint(ServerRegistry servers, StreamableHttpHandler streamable, SseHandler sse, MessageHandler message)
    {
        _servers = servers;
        _streamable = streamable;
        _sse = sse;
        _message = message;
    }

    /// <param name="context">The request; it has been let in.</param>
    /// <param name="serverName">The stdio server that its route names.</param>
    /// <param name="prefix">What stands before the transport's name in the path: empty, or /{name}.</param>
    public Task HandleAsync(HttpContext context, string serverName, string prefix)
    {
        if (_servers.Find(serverName) is not { } server)
            return HttpErrors.UnknownServerAsync(context);
        return context.Request.Path.Value.AsSpan(prefix.Length).TrimEnd('/') switch
        {
            "/mcp" => _streamable.HandleAsync(context, server, prefix),
            "/sse" => _sse.HandleAsync(context, server, prefix),
            "/message" => _message.HandleAsync(context, server),
            _ => HttpErrors.UnknownServerAsync(context),
        };
    }
}
