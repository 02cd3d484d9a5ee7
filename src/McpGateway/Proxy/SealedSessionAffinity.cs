using McpGateway.Http;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Proxy;

/// <summary>Sends a request to the address that its session is at, which its sealed session id tells.</summary>
internal sealed class SealedSessionAffinity(McpEndpoint endpoint) : ISessionAffinityPolicy
{
    public const string PolicyName = "SealedSession";

    public string Name => PolicyName;

    public AffinityResult FindAffinitizedDestinations(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, IReadOnlyList<DestinationState> destinations)
    {
        if (endpoint.FindUpstreamSession(context, cluster.ClusterId) is not { } session)
            return new AffinityResult(null, AffinityStatus.AffinityKeyNotSet); // the endpoint answers an id that does not open
        // Also one that is not in service: the session is nowhere else.
        foreach (var destination in cluster.DestinationsState.AllDestinations)
        {
            if (destination.DestinationId == session.Destination)
                return new AffinityResult([destination], AffinityStatus.OK);
        }

        McpEndpoint.ForgetUpstreamSession(context);
        return new AffinityResult(null, AffinityStatus.DestinationNotFound);
    }

    /// <summary>Nothing: the session id is sealed where the answer is relayed.</summary>
    public void AffinitizeResponse(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, DestinationState destination)
    {
    }

    // The default one throws when the request has timed out, and takes the answer away with that.
    ValueTask ISessionAffinityPolicy.AffinitizeResponseAsync(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, DestinationState destination,
        CancellationToken cancellationToken) => default;
}
