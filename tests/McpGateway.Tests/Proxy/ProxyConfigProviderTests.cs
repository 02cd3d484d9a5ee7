using Microsoft.Extensions.Logging.Abstractions;
using McpGateway.Access;
using McpGateway.Configuration;
using McpGateway.Proxy;
using McpGateway.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace McpGateway.Tests.Proxy;

public sealed class ProxyConfigProviderTests
{
    private static readonly ServerConfig Remote = new()
    {
        Name = "far",
        Target = new RemoteTarget { Url = new Uri("https://example.com/mcp"), Transport = RemoteTransport.StreamableHttp },
    };

    [Fact]
    public void GetConfig_Servers_HaveARouteAndAClusterEach()
    {
        var config = Provider(null, ServersFixture.Config("one"), Remote).GetConfig();
        Assert.Equal(["/far/{**rest}", "/one/{**rest}"], config.Routes.Select(route => route.Match.Path).Order(StringComparer.Ordinal));
        Assert.Equal(["far", "one"], config.Clusters.Select(cluster => cluster.ClusterId).Order(StringComparer.Ordinal));
        Assert.All(config.Clusters, cluster => Assert.Equal(ProxyConfigProvider.Self, Assert.Single(cluster.Destinations!).Key));
        Assert.Equal("https://example.com/mcp", config.Clusters.Single(cluster => cluster.ClusterId == "far").Destinations!.Values.Single().Address);
        Assert.Equal(
            [new ServerRoute("far", "/far", IsStdio: false), new ServerRoute("one", "/one", IsStdio: true)],
            config.Routes.Select(ProxyConfigProvider.Describe).OrderBy(route => route.Server, StringComparer.Ordinal));
    }

    [Fact]
    public void GetConfig_Default_HasAliases()
    {
        var config = Provider("one", ServersFixture.Config("one"), Remote).GetConfig();
        var aliases = config.Routes.Where(route => ProxyConfigProvider.Describe(route).Prefix.Length == 0).ToArray();
        Assert.Equal(["/mcp", "/message", "/sse"], aliases.Select(route => route.Match.Path).Order(StringComparer.Ordinal));
        Assert.All(aliases, route => Assert.Equal("one", route.ClusterId));
    }

    [Fact]
    public void ChangeToken_OfTheOld_FiresWhenTheNewCanBeSeen()
    {
        var provider = new GatewayConfigProvider(With(null, ServersFixture.Config("one")));
        var proxy = new ProxyConfigProvider(provider, NullLogger<ProxyConfigProvider>.Instance);
        string? seen = null;
        using var registration = proxy.GetConfig().ChangeToken.RegisterChangeCallback(
            _ => seen = Assert.Single(proxy.GetConfig().Clusters).ClusterId, null);
        provider.Update(With(null, ServersFixture.Config("two")));
        Assert.Equal("two", seen);
        Assert.False(proxy.GetConfig().ChangeToken.HasChanged);
    }

    [Fact]
    public async Task GetConfig_RoutesAndClusters_AreValidForYarp()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddAuthorizationBuilder().AddPolicy(AccessNames.ServerPolicy, policy => policy.RequireAuthenticatedUser());
        services.AddCors(cors => cors.AddPolicy(AccessNames.ServerPolicy, policy => policy.WithOrigins("https://app.example.com")));
        services.AddReverseProxy();
        await using var provider = services.BuildServiceProvider();
        var validator = provider.GetRequiredService<IConfigValidator>();
        var config = Provider("a-b_c9", ServersFixture.Config("a-b_c9"), ServersFixture.Config(new string('x', 63)), Remote).GetConfig();
        Assert.Equal(6, config.Routes.Count);
        Assert.Equal(6, config.Routes.Select(route => route.RouteId).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(config.Routes, route => Assert.Equal(AccessNames.ServerPolicy, route.AuthorizationPolicy));
        Assert.All(config.Routes, route => Assert.Equal(AccessNames.ServerPolicy, route.CorsPolicy));
        foreach (var route in config.Routes)
            Assert.Empty(await validator.ValidateRouteAsync(route));
        foreach (var cluster in config.Clusters)
            Assert.Empty(await validator.ValidateClusterAsync(cluster));
    }

    private static ProxyConfigProvider Provider(string? @default, params ServerConfig[] servers) =>
        new(new GatewayConfigProvider(With(@default, servers)), NullLogger<ProxyConfigProvider>.Instance);

    private static GatewayConfig With(string? @default, params ServerConfig[] servers) => new()
    {
        Default = @default,
        Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))),
    };
}
