using McpGateway.Access.Endpoints;
using McpGateway.Http;
using McpGateway.Replicas;
using McpGateway.Replicas.Forwarding;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Proxy;

internal static class ProxyExtensions
{
    /// <summary>Adds the front: YARP, with its routes from gateway.json.</summary>
    public static IServiceCollection AddGatewayProxy(this IServiceCollection services)
    {
        services.AddSingleton<IProxyConfigProvider, ProxyConfigProvider>();
        services.AddSingleton<ClusterSettings>();
        services.AddSingleton<ISessionAffinityPolicy, SealedSessionAffinity>();
        services.AddSingleton<IAffinityFailurePolicy, UnknownSessionPolicy>();
        services.AddSingleton<IPassiveHealthCheckPolicy, RefusedConnections>();
        services.AddReverseProxy().AddPeerForwarding().AddTransforms<RemoteTransforms>()
            .ConfigureHttpClient(ConfigureConnections);
        // It writes whole URLs, queries and all, and a warning for each client that leaves a stream.
        services.AddLogging(logging => logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None));
        RemoveDataProtection(services);
        return services;
    }

    // One for all clusters: YARP takes the last that is registered.
    private static void ConfigureConnections(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        PeerHttpClient.Configure(context, handler);
        ClientCertificate.Configure(context, handler);
    }

    // YARP brings it for affinity cookies, which are not used; it would write a key file at each first start.
    private static void RemoveDataProtection(IServiceCollection services)
    {
        foreach (var service in services.Where(IsDataProtection).ToArray())
            services.Remove(service);
        static bool IsDataProtection(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Namespace is { } name
            && name.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal);
    }

    /// <summary>Maps one YARP route a server; its pipeline ends here for stdio servers, in the forwarder for others.</summary>
    public static void MapGatewayProxy(this IEndpointRouteBuilder endpoints)
    {
        var transports = endpoints.ServiceProvider.GetRequiredService<McpEndpoint>();
        var replicas = endpoints.ServiceProvider.GetRequiredService<ReplicaTable>();
        endpoints.MapReverseProxy(pipeline =>
        {
            // In this order: the session's replica, then what to do when it cannot be reached, then a choice for requests without
            // a session. The bridge needs the choice; health checks stand next to the forwarder, whose failures they count.
            pipeline.UseSessionAffinity();
            pipeline.UseReplicaForwarding();
            pipeline.UseLoadBalancing();
            pipeline.UseLocalBridge(transports, replicas.Self);
            pipeline.UseRemoteServers(transports);
            pipeline.UsePassiveHealthChecks();
        }).ConfigureEndpoints((endpoint, route) => endpoint.WithMetadata(
            ProxyConfigProvider.Describe(route), new GuardedServer(route.ClusterId!)));
    }
}
