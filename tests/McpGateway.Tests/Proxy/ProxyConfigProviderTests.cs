using McpGateway.Access.Endpoints;
using McpGateway.Configuration;
using McpGateway.Proxy;
using McpGateway.Tests.Backends.Stdio;
using Microsoft.Extensions.Configuration;
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
        Assert.Equal(["/far/{**rest}", "/one/{**rest}"],
            config.Routes.Select(route => route.Match.Path).Order(StringComparer.Ordinal));
        Assert.Equal(["far", "one"], config.Clusters.Select(cluster => cluster.ClusterId).Order(StringComparer.Ordinal));
        Assert.Equal(ProxyConfigProvider.Self,
            Assert.Single(config.Clusters.Single(cluster => cluster.ClusterId == "one").Destinations!).Key);
        Assert.Equal("https://example.com/mcp",
            config.Clusters.Single(cluster => cluster.ClusterId == "far").Destinations!.Values.Single().Address);
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
        var proxy = new ProxyConfigProvider(provider, Settings());
        string? seen = null;
        using var registration = proxy.GetConfig().ChangeToken.RegisterChangeCallback(
            _ => seen = Assert.Single(proxy.GetConfig().Clusters).ClusterId, null);
        provider.Update(With(null, ServersFixture.Config("two")));
        Assert.Equal("two", seen);
        Assert.False(proxy.GetConfig().ChangeToken.HasChanged);
    }

    [Fact]
    public void Cluster_OfARemoteServer_HasItsTimeoutsAndKeepsSessionsWhereTheyAre()
    {
        var cluster = Provider(null, Remote with { RequestTimeout = TimeSpan.FromSeconds(7) }).GetConfig().Clusters[0];
        Assert.Equal(TimeSpan.FromSeconds(7), cluster.HttpRequest!.ActivityTimeout);
        Assert.Equal((true, SealedSessionAffinity.PolicyName),
            (cluster.SessionAffinity!.Enabled, cluster.SessionAffinity.Policy));
        Assert.Null(cluster.HealthCheck);
    }

    [Fact]
    public void Cluster_OfSeveralUrls_HasADestinationEachAndLeavesDeadOnesAlone()
    {
        var target = (RemoteTarget)Remote.Target with { OtherUrls = new EquatableList<Uri>(
            [new Uri("https://example.org/mcp")]) };
        var (one, both) = (Provider(null, Remote).GetConfig().Clusters[0],
            Provider(null, Remote with { Target = target }).GetConfig().Clusters[0]);
        Assert.Equal(2, both.Destinations!.Count);
        Assert.Contains(one.Destinations!.Keys.Single(), both.Destinations.Keys); // an address keeps its name
        Assert.Equal((true, RefusedConnections.PolicyName),
            (both.HealthCheck!.Passive!.Enabled, both.HealthCheck.Passive.Policy));
    }

    [Fact]
    public void Cluster_WithYarpsOwnSettings_HasThem()
    {
        const string Far = "ReverseProxy:Clusters:far:";
        var settings = Settings(
            (Far + "HttpRequest:ActivityTimeout", "00:00:09"),
            (Far + "HttpRequest:Version", "1.1"), (Far + "LoadBalancingPolicy", "RoundRobin"),
            (Far + "HttpClient:SslProtocols:0", "Tls13"), (Far + "HealthCheck:Active:Enabled", "true"),
                (Far + "HealthCheck:Active:Path", "/up"));
        var cluster = new ProxyConfigProvider(new GatewayConfigProvider(With(null, Remote)), settings).GetConfig().Clusters[0];
        Assert.Equal((TimeSpan.FromSeconds(9), new Version(1, 1)),
            (cluster.HttpRequest!.ActivityTimeout, cluster.HttpRequest.Version));
        Assert.Equal(("RoundRobin", "/up"), (cluster.LoadBalancingPolicy, cluster.HealthCheck!.Active!.Path));
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls13, cluster.HttpClient!.SslProtocols);
        Assert.Equal("https://example.com/mcp", Assert.Single(cluster.Destinations!).Value.Address);
    }

    [Theory]
    [InlineData("HttpRequest:ActivityTimeout", "soon")]
    [InlineData("HttpClient:SslProtocols:0", "Tls99")]
    [InlineData("HttpClient:ClientCertificate:Path", "/nowhere/client.pfx")]
    public void Settings_ThatCannotBeRead_AreAnErrorThatNamesThem(string key, string value)
    {
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
            () => Settings(("ReverseProxy:Clusters:far:" + key, value)));
        Assert.StartsWith("ReverseProxy", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetConfig_RoutesAndClusters_AreValidForYarp()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddAuthorizationBuilder().AddPolicy(
            GuardedServer.Policy, policy => policy.RequireAuthenticatedUser());
        services.AddCors(cors => cors.AddPolicy(GuardedServer.Policy, policy => policy.WithOrigins("https://app.example.com")));
        services.AddReverseProxy();
        services.AddSingleton<Yarp.ReverseProxy.SessionAffinity.ISessionAffinityPolicy>(new SealedSessionAffinity(null!));
        services.AddSingleton<Yarp.ReverseProxy.SessionAffinity.IAffinityFailurePolicy, UnknownSessionPolicy>();
        await using var provider = services.BuildServiceProvider();
        var validator = provider.GetRequiredService<IConfigValidator>();
        var config = Provider(
            "a-b_c9", ServersFixture.Config("a-b_c9"), ServersFixture.Config(new string('x', 63)), Remote).GetConfig();
        Assert.Equal(6, config.Routes.Count);
        Assert.Equal(6, config.Routes.Select(route => route.RouteId).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(config.Routes, route => Assert.Equal(GuardedServer.Policy, route.AuthorizationPolicy));
        Assert.All(config.Routes, route => Assert.Equal(GuardedServer.Policy, route.CorsPolicy));
        foreach (var route in config.Routes)
            Assert.Empty(await validator.ValidateRouteAsync(route));
        foreach (var cluster in config.Clusters)
            Assert.Empty(await validator.ValidateClusterAsync(cluster));
    }

    private static ProxyConfigProvider Provider(string? @default, params ServerConfig[] servers) =>
        new(new GatewayConfigProvider(With(@default, servers)), Settings());

    private static ClusterSettings Settings(params (string Key, string Value)[] settings) => new(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());

    private static GatewayConfig With(string? @default, params ServerConfig[] servers) => new()
    {
        Default = @default,
        Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))),
    };
}
