using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Proxy;

/// <summary>
/// Takes an address out of service at its first refused connection: YARP's own policy waits for a rate of failures, which a
/// server with a few sessions never reaches.
/// </summary>
internal sealed class RefusedConnections(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "RefusedConnections";

    // A restart is over by then, and one failed attempt each ten seconds harms nobody.
    private static readonly TimeSpan DefaultReactivation = TimeSpan.FromSeconds(10);

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (ForwarderUpstream.IsRefused(context))
        {
            var period = cluster.Model.Config.HealthCheck?.Passive?.ReactivationPeriod ?? DefaultReactivation;
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, period);
        }
    }
}
