using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.SessionAffinity;

namespace McpGateway.Proxy;

/// <summary>Goes on with a request whose session is gone, so that its answer names its id.</summary>
internal sealed class UnknownSessionPolicy : IAffinityFailurePolicy
{
    public const string PolicyName = "AnswerUnknownSession";

    public string Name => PolicyName;

    public Task<bool> Handle(HttpContext context, ClusterState cluster, AffinityStatus affinityStatus) => Task.FromResult(true);
}
