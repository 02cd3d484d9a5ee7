using McpGateway.Replicas;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Proxy.Hops;

public static class HopsExtensions
{
    /// <summary>Adds what passes requests on to other replicas.</summary>
    public static IReverseProxyBuilder AddHops(this IReverseProxyBuilder proxy)
    {
        proxy.Services.AddSingleton<ISessionAffinityPolicy, ReplicaAffinity>().AddSingleton<ILoadBalancingPolicy, ReplicaPlacement>();
        proxy.Services.AddSingleton<LeaveAnnouncer>();
        return proxy.AddTransforms<HopTransforms>();
    }

    /// <summary>
    /// Takes in what other replicas pass on, where there are any: before all that looks at the Host, the scheme or the
    /// client's address.
    /// </summary>
    public static IApplicationBuilder UseHops(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        if (!services.GetRequiredService<ReplicaTable>().IsConfigured)
            return app;
        var (drain, announcer) = (services.GetRequiredService<DrainState>(), services.GetRequiredService<LeaveAnnouncer>());
        drain.AnnounceLeave = announcer.AnnounceLeaveAsync;
        drain.AnnounceLeft = announcer.AnnounceLeftAsync;
        return app.UseMiddleware<HopMiddleware>();
    }

    /// <summary>Inside YARP's pipeline, after the session's replica was looked for and before a destination is chosen.</summary>
    public static void UseReplicaForwarding(this IReverseProxyApplicationBuilder pipeline)
    {
        if (pipeline.ApplicationServices.GetRequiredService<ReplicaTable>().IsConfigured)
            pipeline.UseMiddleware<ReplicaForwarding>();
    }
}
