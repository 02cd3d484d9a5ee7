using McpGateway.JsonRpc;
using McpGateway.Transports;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Proxy;

/// <summary>
/// The bridge out of YARP's pipeline: a request for a stdio server whose destination is this process is served here. What
/// is left is for YARP's forwarder, which must not see a remote server's request before the client's credentials are taken
/// out of it and its messages are checked; until that is built, such a request is refused here.
/// </summary>
internal static class LocalBridgeMiddleware
{
    private static readonly JsonRpcError NotServed = new(
        JsonRpcErrorCode.InternalError, "Remote servers (url) are not served by this version; connect to the URL itself.");

    public static IApplicationBuilder UseLocalBridge(this IReverseProxyApplicationBuilder pipeline, McpEndpoint endpoint, string self) =>
        pipeline.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<ServerRoute>() switch
        {
            { IsStdio: true } route when IsHere(context, self) => endpoint.HandleAsync(context, route.Server, route.Prefix),
            { IsStdio: false } => ErrorBodiesMiddleware.WriteAsync(context.Response, StatusCodes.Status501NotImplemented, NotServed),
            _ => next(context),
        });

    private static bool IsHere(HttpContext context, string self) =>
        context.GetReverseProxyFeature().AvailableDestinations is [var destination] && destination.DestinationId == self;
}
