using McpGateway.Transports;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Proxy;

/// <summary>
/// The bridge out of YARP's pipeline: a request for a stdio server whose destination is this process is served here. All
/// else goes on to YARP's forwarder.
/// </summary>
internal static class LocalBridgeMiddleware
{
    public static IApplicationBuilder UseLocalBridge(this IReverseProxyApplicationBuilder pipeline, McpEndpoint endpoint) =>
        pipeline.Use((context, next) => Here(context) is { } route
            ? endpoint.HandleAsync(context, route.Server, route.Prefix)
            : next(context));

    private static ServerRoute? Here(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ServerRoute>() is { IsStdio: true } route
        && context.GetReverseProxyFeature().AvailableDestinations is [{ DestinationId: ProxyConfigProvider.Self }]
            ? route : null;
}
