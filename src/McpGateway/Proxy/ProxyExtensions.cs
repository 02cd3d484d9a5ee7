using McpGateway.Access;
using McpGateway.Proxy.Hops;
using McpGateway.Replicas;
using McpGateway.Transports;
using Yarp.ReverseProxy.Configuration;

namespace McpGateway.Proxy;

public static class ProxyExtensions
{
    /// <summary>Adds the front: YARP, with its routes from gateway.json.</summary>
    public static IServiceCollection AddGatewayProxy(this IServiceCollection services)
    {
        services.AddSingleton<IProxyConfigProvider, ProxyConfigProvider>();
        services.AddReverseProxy().AddHops();
        RemoveDataProtection(services);
        return services;
    }

    // YARP brings it for affinity cookies, which are not used; it would write a key file at each first start.
    private static void RemoveDataProtection(IServiceCollection services)
    {
        foreach (var service in services.Where(IsDataProtection).ToArray())
            services.Remove(service);
        static bool IsDataProtection(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Namespace?.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal) is true;
    }

    /// <summary>Gives every error a JSON-RPC body. First of all steps.</summary>
    public static IApplicationBuilder UseErrorBodies(this IApplicationBuilder app) => app.UseMiddleware<ErrorBodiesMiddleware>();

    /// <summary>Maps one YARP route a server; its pipeline ends here for stdio servers, in the forwarder for others.</summary>
    public static void MapGatewayProxy(this IEndpointRouteBuilder endpoints)
    {
        var transports = endpoints.ServiceProvider.GetRequiredService<McpEndpoint>();
        var replicas = endpoints.ServiceProvider.GetRequiredService<ReplicaTable>();
        endpoints.MapReverseProxy(pipeline =>
        {
            pipeline.UseSessionAffinity();
            pipeline.UseReplicaForwarding();
            pipeline.UseLoadBalancing();
            pipeline.UseLocalBridge(transports, replicas.Self);
            pipeline.UsePassiveHealthChecks();
        }).ConfigureEndpoints((endpoint, route) => endpoint.WithMetadata(
            ProxyConfigProvider.Describe(route), new GuardedServer(route.ClusterId!)));
    }
}
