using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Replicas.Forwarding;

public static class ForwardingExtensions
{
    /// <summary>Adds what passes requests on to other replicas.</summary>
    public static IReverseProxyBuilder AddPeerForwarding(this IReverseProxyBuilder proxy)
    {
        proxy.Services.AddSingleton<ISessionAffinityPolicy, ReplicaAffinity>().AddSingleton<ILoadBalancingPolicy, ReplicaPlacement>();
        proxy.Services.AddSingleton<LeaveAnnouncer>();
        return proxy.AddTransforms<PeerForwardingTransforms>();
    }

    /// <summary>
    /// Takes in what other replicas pass on, where there are any: before all that looks at the Host, the scheme or the
    /// client's address.
    /// </summary>
    public static IApplicationBuilder UsePeerForwarding(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        if (!services.GetRequiredService<ReplicaTable>().IsConfigured)
            return app;
        var (drain, announcer) = (services.GetRequiredService<DrainState>(), services.GetRequiredService<LeaveAnnouncer>());
        drain.AnnounceLeave = announcer.AnnounceLeaveAsync;
        drain.AnnounceLeft = announcer.AnnounceLeftAsync;
        return app.UseMiddleware<PeerForwardingMiddleware>();
    }

    /// <summary>Inside YARP's pipeline, after the session's replica was looked for and before a destination is chosen.</summary>
    public static void UseReplicaForwarding(this IReverseProxyApplicationBuilder pipeline)
    {
        if (pipeline.ApplicationServices.GetRequiredService<ReplicaTable>().IsConfigured)
            pipeline.UseMiddleware<ReplicaForwarding>();
    }
}
