using McpGateway.Cli.DemoServer;
using McpGateway.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Where a request without a session is served: where it lands, or, when all of one user's belong together, at the replica that
/// every other would choose for that user, too. One that is about to stop has another serve it.
/// </summary>
internal sealed class ReplicaPlacement(ReplicaTable replicas, PeerStates peers, DrainState drain, McpEndpoint endpoint) : ILoadBalancingPolicy
{
    public const string PolicyName = "Replica";

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var here = ReplicaAffinity.Find(availableDestinations, replicas.Self);
        // A stream that begins here would have to end with this replica, wherever its session is.
        if (drain.IsDraining && HttpMethods.IsGet(context.Request.Method))
            return here;
        var place = endpoint.PlaceOf(context, cluster.ClusterId);
        if (place is null && !drain.IsDraining)
            return here;
        place ??= context.TraceIdentifier; // one or the other
        return availableDestinations.Where(destination => destination == here ? !drain.IsDraining : !peers.IsAway(destination.DestinationId))
            .MaxBy(destination => Rendezvous.Weight(destination.DestinationId, place)) ?? here;
    }
}
