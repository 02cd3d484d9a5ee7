using McpGateway.Drain;
using McpGateway.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Chooses where a request without a session is served: where it arrives, or, if all sessions of a user belong together, at
/// the one replica that all replicas compute for that user. A replica that drains has another serve it.
/// </summary>
internal sealed class ReplicaPlacement(ReplicaTable replicas, PeerStates peers, DrainState drain, McpEndpoint endpoint)
    : ILoadBalancingPolicy
{
    public const string PolicyName = "Replica";

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var here = ReplicaAffinity.Find(availableDestinations, replicas.Self);
        // A stream through this replica would end with it, wherever its session is. So it is refused here.
        if (drain.IsDraining && HttpMethods.IsGet(context.Request.Method))
            return here;
        var key = endpoint.PlacementKeyOf(context, cluster.ClusterId);
        if (key is null && !drain.IsDraining)
            return here;
        key ??= context.TraceIdentifier; // any peer will do: this spreads requests over all of them
        return availableDestinations
            .Where(destination => destination == here ? !drain.IsDraining : !peers.IsAway(destination.DestinationId))
            .MaxBy(destination => Rendezvous.Weight(destination.DestinationId, key)) ?? here;
    }
}
