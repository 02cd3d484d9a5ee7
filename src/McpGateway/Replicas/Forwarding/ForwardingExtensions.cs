using McpGateway.Drain;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Replicas.Forwarding;

internal static class ForwardingExtensions
{
    /// <summary>Adds the forwarding of requests to other replicas.</summary>
    public static IReverseProxyBuilder AddPeerForwarding(this IReverseProxyBuilder proxy)
    {
        proxy.Services.AddSingleton<ISessionAffinityPolicy, ReplicaAffinity>()
            .AddSingleton<ILoadBalancingPolicy, ReplicaPlacement>();
        proxy.Services.AddSingleton<ForwardingSignature>().AddSingleton<ForwardedStreams>().AddSingleton<PeerAnnouncer>()
            .AddHostedService(provider => provider.GetRequiredService<PeerAnnouncer>())
            .AddSingleton<IDrainParticipant, PeerDrain>();
        return proxy.AddTransforms<PeerForwardingTransforms>();
    }

    /// <summary>
    /// Accepts what other replicas forward, if there are any. It belongs before all steps that read the Host, the scheme or
    /// the client's address.
    /// </summary>
    public static IApplicationBuilder UsePeerForwarding(this IApplicationBuilder app) =>
        app.ApplicationServices.GetRequiredService<ReplicaTable>().IsConfigured
            ? app.UseMiddleware<PeerForwardingMiddleware>() : app;

    /// <summary>Belongs in YARP's pipeline between session affinity and the choice of a destination.</summary>
    public static void UseReplicaForwarding(this IReverseProxyApplicationBuilder pipeline)
    {
        if (pipeline.ApplicationServices.GetRequiredService<ReplicaTable>().IsConfigured)
            pipeline.UseMiddleware<ReplicaForwarding>();
    }
}
