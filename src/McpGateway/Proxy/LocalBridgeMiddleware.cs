using McpGateway.Http;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Proxy;

/// <summary>
/// The bridge out of YARP's pipeline: a request for a stdio server whose destination is this process is served here. What
/// is left is for YARP's forwarder, past <see cref="RemoteServerMiddleware"/>.
/// </summary>
internal static class LocalBridgeMiddleware
{
    public static IApplicationBuilder UseLocalBridge(
        this IReverseProxyApplicationBuilder pipeline, McpEndpoint endpoint, string self) =>
        pipeline.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<ServerRoute>() switch
        {
            { IsStdio: true } route when IsHere(context, self) => endpoint.HandleAsync(context, route.Server, route.Prefix),
            _ => next(context),
        });

    private static bool IsHere(HttpContext context, string self) =>
        // Exactly one: with several nothing has been chosen yet.
        context.GetReverseProxyFeature().AvailableDestinations is [var destination] && destination.DestinationId == self;
}
