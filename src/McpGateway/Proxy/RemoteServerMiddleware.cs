using McpGateway.Http;

namespace McpGateway.Proxy;

/// <summary>
/// The last step before the forwarder: a request for a remote server goes through the checks and rules that all servers have,
/// and then is forwarded or answered.
/// </summary>
internal static class RemoteServerMiddleware
{
    public static IApplicationBuilder UseRemoteServers(this IReverseProxyApplicationBuilder pipeline, McpEndpoint endpoint) =>
        pipeline.Use((HttpContext context, RequestDelegate next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<ServerRoute>() is not { IsStdio: false } route)
                return next(context);
            var isPinned = endpoint.FindUpstreamSession(context, route.Server) is not null;
            return endpoint.HandleAsync(context, route.Server, route.Prefix, new ForwarderUpstream(context, next, isPinned));
        });
}
