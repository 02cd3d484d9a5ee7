using McpGateway.Transports;
using Yarp.ReverseProxy.Configuration;

namespace McpGateway.Proxy;

public static class ProxyExtensions
{
    /// <summary>Adds the front: YARP, with its routes from gateway.json.</summary>
    public static IServiceCollection AddGatewayProxy(this IServiceCollection services)
    {
        services.AddSingleton<IProxyConfigProvider, ProxyConfigProvider>();
        services.AddReverseProxy();
        return services;
    }

    /// <summary>Gives every error a JSON-RPC body. First of all steps.</summary>
    public static IApplicationBuilder UseErrorBodies(this IApplicationBuilder app) => app.UseMiddleware<ErrorBodiesMiddleware>();

    /// <summary>Maps one YARP route a server; its pipeline ends here for stdio servers, in the forwarder for others.</summary>
    public static void MapGatewayProxy(this IEndpointRouteBuilder endpoints)
    {
        var transports = endpoints.ServiceProvider.GetRequiredService<McpEndpoint>();
        endpoints.MapReverseProxy(pipeline =>
        {
            pipeline.UseSessionAffinity();
            pipeline.UseLoadBalancing();
            pipeline.UseLocalBridge(transports);
            pipeline.UsePassiveHealthChecks();
        }).ConfigureEndpoints((endpoint, route) => endpoint.WithMetadata(ProxyConfigProvider.Describe(route)));
    }
}
