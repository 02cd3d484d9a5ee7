using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace McpGateway.Proxy;

/// <summary>
/// The cluster of a remote server: each of its URLs is a destination. Sessions stay where they began; of several URLs one that
/// refuses connections is left alone for a while. What YARP has settings of its own for comes from <see cref="ClusterSettings"/>.
/// </summary>
internal static class RemoteClusters
{
    private static readonly TimeSpan Reactivation = TimeSpan.FromSeconds(10);

    public static ClusterConfig Create(ServerConfig server, RemoteTarget target, ClusterConfig? settings) => new()
    {
        ClusterId = server.Name,
        Destinations = target.Urls.ToDictionary(DestinationId, url => new DestinationConfig
        {
            Address = url.AbsoluteUri,
            Health = url.GetLeftPart(UriPartial.Authority), // where the path of an active health check begins
        }),
        SessionAffinity = new SessionAffinityConfig
        {
            Enabled = true,
            Policy = SealedSessionAffinity.PolicyName,
            FailurePolicy = UnknownSessionPolicy.PolicyName,
            AffinityKeyName = server.Name, // required, and to be another for each cluster; the policy does not need it
        },
        LoadBalancingPolicy = settings?.LoadBalancingPolicy,
        HttpClient = settings?.HttpClient,
        HttpRequest = (settings?.HttpRequest ?? new()) with
        {
            // YARP's own is 100 seconds, which a server with a longer requestTimeout would run into.
            ActivityTimeout = settings?.HttpRequest?.ActivityTimeout ?? server.RequestTimeout,
        },
        HealthCheck = HealthCheck(settings?.HealthCheck, target.OtherUrls.Count > 0),
        Metadata = settings?.Metadata,
    };

    /// <summary>A name that an address keeps: a session whose address is no longer configured is at none of the others.</summary>
    public static string DestinationId(Uri url) =>
        // A digest: the URL may hold a secret, and ids of destinations appear in logs and sealed ids. Eight bytes are enough,
        // since only the few URLs of one server must differ.
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)).AsSpan(0, 8));

    private static HealthCheckConfig? HealthCheck(HealthCheckConfig? configured, bool hasOthers)
    {
        // To take the only address out of service would help nobody.
        if (!hasOthers)
            return configured;
        var passive = configured?.Passive ?? new PassiveHealthCheckConfig
        {
            Enabled = true, Policy = RefusedConnections.PolicyName, ReactivationPeriod = Reactivation,
        };
        return (configured ?? new()) with
        {
            Passive = passive,
            // When all are out, trying one is the best that can be done.
            AvailableDestinationsPolicy = configured?.AvailableDestinationsPolicy ?? "HealthyOrPanic",
        };
    }
}
