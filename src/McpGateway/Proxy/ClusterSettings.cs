using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace McpGateway.Proxy;

/// <summary>
/// YARP's own settings for the connections to remote servers: section <c>ReverseProxy:Clusters:{server}</c> of
/// appsettings.json, in YARP's own words and read by its own reader. Only HttpClient, HttpRequest, HealthCheck and
/// LoadBalancingPolicy of a cluster count.
/// </summary>
internal sealed class ClusterSettings
{
    public const string Section = "ReverseProxy";

    private readonly Dictionary<string, ClusterConfig> _clusters;

    /// <exception cref="OptionsValidationException">YARP cannot read them.</exception>
    public ClusterSettings(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        // A container of its own: the reader of YARP's settings is internal, and in the gateway's container the routes of this
        // section would be served.
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddReverseProxy().LoadFromConfig(section);
        using var provider = services.BuildServiceProvider();
        try
        {
            _clusters = provider.GetRequiredService<IProxyConfigProvider>().GetConfig().Clusters
                .ToDictionary(cluster => cluster.ClusterId, cluster => WithCertificate(cluster, section), StringComparer.Ordinal);
        }
        // What its reader throws for a value of the wrong type, a duplicate and a bad enum. Any other is a defect.
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new OptionsValidationException(Section, typeof(ClusterConfig), [$"{Section}: {exception.Message}"]);
        }
    }

    public ClusterConfig? Of(string server) => _clusters.GetValueOrDefault(server);

    private static ClusterConfig WithCertificate(ClusterConfig cluster, IConfiguration section)
    {
        var keys = section.GetSection($"Clusters:{cluster.ClusterId}:HttpClient:ClientCertificate");
        return cluster with { Metadata = ClientCertificate.Read(keys) };
    }
}
