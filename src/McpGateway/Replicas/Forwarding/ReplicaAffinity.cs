using McpGateway.Http;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Sends a request to the replica that its session's id names. If the id names none, this replica searches for the session and
/// does not find it, as with any other unknown id.
/// </summary>
internal sealed class ReplicaAffinity(ReplicaTable replicas) : ISessionAffinityPolicy
{
    public const string PolicyName = "Replica";

    public string Name => PolicyName;

    public AffinityResult FindAffinitizedDestinations(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, IReadOnlyList<DestinationState> destinations)
    {
        if (!McpEndpoint.TryFindReplica(context, out var name))
            return new AffinityResult(null, AffinityStatus.AffinityKeyNotSet);
        // A forwarded request is never forwarded again.
        if (name is null || name == replicas.Self || context.Features.Get<ForwardedRequest>() is not null
            || replicas.Find(name) is not { } url)
            name = replicas.Self;
        else if (Find(destinations, name) is null)
            return new AffinityResult(At(name, url), AffinityStatus.OK);
        return new AffinityResult(Find(destinations, name), AffinityStatus.OK);
    }

    // Nothing to add to the response: the session's id already contains the replica's name.
    public void AffinitizeResponse(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, DestinationState destination)
    {
    }

    /// <summary>The destination with this name.</summary>
    public static DestinationState? Find(IReadOnlyList<DestinationState> destinations, string name)
    {
        foreach (var destination in destinations)
        {
            if (destination.DestinationId == name)
                return destination;
        }

        return null;
    }

    // Created for this request and not stored: made-up names would fill the memory.
    private static DestinationState At(string name, Uri url) =>
        new(name, new DestinationModel(new DestinationConfig { Address = url.AbsoluteUri }));
}
