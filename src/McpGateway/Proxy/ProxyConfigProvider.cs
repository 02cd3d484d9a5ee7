using McpGateway.Access.Endpoints;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.Replicas;
using McpGateway.Replicas.Forwarding;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace McpGateway.Proxy;

/// <summary>
/// Gives YARP one route and one cluster a server, from the configuration in force. YARP reads the new snapshot when the
/// change token of the old one fires, which the provider below swaps first.
/// </summary>
internal sealed class ProxyConfigProvider(GatewayConfigProvider provider, ClusterSettings settings, ReplicaTable? replicas = null)
    : IProxyConfigProvider
{
    /// <summary>The destination of a stdio server's cluster that is this process, where there is no other.</summary>
    public const string Self = "self";

    private const string PrefixKey = "Prefix";
    private const string KindKey = "Kind";
    private const string Stdio = "stdio";

    // No connection is made to it: requests to it are served before the forwarder.
    private const string SelfAddress = "http://localhost/";

    public IProxyConfig GetConfig()
    {
        // The token first: if the configuration changes between the two lines, it fires, and YARP reads again.
        var token = provider.GetChangeToken();
        var config = provider.Current;
        return new Snapshot(
            [.. config.Servers.Values.Select(Route), .. DefaultRoutes(config)],
            [.. config.Servers.Values.Select(Cluster)],
            token);
    }

    /// <summary>What the endpoint of a route is to know.</summary>
    public static ServerRoute Describe(RouteConfig route) =>
        new(route.ClusterId!, route.Metadata![PrefixKey], route.Metadata[KindKey] == Stdio);

    private static RouteConfig Route(ServerConfig server) =>
        Route(server, server.Name, $"/{server.Name}/{{**rest}}", $"/{server.Name}");

    private static IEnumerable<RouteConfig> DefaultRoutes(GatewayConfig config) => config.Default is { } name
        ? McpEndpoint.Paths.Select(path => Route(config.Servers[name], $"default:{path}", path, string.Empty))
        : [];

    private static RouteConfig Route(ServerConfig server, string id, string path, string prefix) => new()
    {
        RouteId = id,
        ClusterId = server.Name,
        Match = new RouteMatch { Path = path },
        // One name on every route: what it demands of which server is found at each request, so a reload holds at once.
        AuthorizationPolicy = GuardedServer.Policy,
        CorsPolicy = GuardedServer.Policy,
        Metadata = new Dictionary<string, string>
        {
            [PrefixKey] = prefix,
            [KindKey] = server.Target is StdioTarget ? Stdio : "remote",
        },
    };

    private ClusterConfig Cluster(ServerConfig server) => server.Target switch
    {
        RemoteTarget remote => RemoteClusters.Create(server, remote, settings.Of(server.Name)),
        // This replica is among the destinations too; LocalBridgeMiddleware serves what is sent to it.
        _ when replicas is { IsConfigured: true } => new()
        {
            ClusterId = server.Name,
            Destinations = replicas.Members.ToDictionary(
                replica => replica.Key, replica => new DestinationConfig { Address = replica.Value.AbsoluteUri }),
            SessionAffinity = new()
            {
                Enabled = true, Policy = ReplicaAffinity.PolicyName, AffinityKeyName = McpEndpoint.SessionHeader,
            },
            LoadBalancingPolicy = ReplicaPlacement.PolicyName,
            HttpRequest = PeerHttpClient.Request,
            Metadata = new Dictionary<string, string> { [PeerHttpClient.MetadataKey] = "true" },
        },
        _ => new()
        {
            ClusterId = server.Name,
            Destinations = new Dictionary<string, DestinationConfig> { [Self] = new() { Address = SelfAddress } },
        },
    };

    private sealed record Snapshot(
        IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters, IChangeToken ChangeToken) : IProxyConfig;
}
