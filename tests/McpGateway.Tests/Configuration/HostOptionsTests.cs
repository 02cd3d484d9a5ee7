using McpGateway.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Configuration;

public sealed class HostOptionsTests : IDisposable
{
    private readonly ConfigFixture _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Options_OfTheCheckedInFile_AreTheDefaults()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(RepositoryFolder.File("appsettings.json")).Build();
        using var configured = Services(configuration);
        using var defaults = Services(new ConfigurationBuilder().Build());
        Assert.Equivalent(Get<LimitsOptions>(defaults), Get<LimitsOptions>(configured), strict: true);
        Assert.Equivalent(Get<DrainOptions>(defaults), Get<DrainOptions>(configured), strict: true);
        Assert.Equivalent(Get<AccessOptions>(defaults), Get<AccessOptions>(configured), strict: true);
        Assert.Equal(["localhost", "127.0.0.1", "[::1]"], Get<AccessOptions>(configured).AllowedHosts);
        Assert.Null(Get<AccessOptions>(configured).Anonymous);
    }

    [Fact]
    public void Options_OfTheCheckedInFile_HoldOnlyKeysThatExist()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(RepositoryFolder.File("appsettings.json")).Build();
        Strictly<LimitsOptions>(configuration, LimitsOptions.Section);
        Strictly<DrainOptions>(configuration, DrainOptions.Section);
        Strictly<AccessOptions>(configuration, AccessOptions.Section);
        Assert.Equal(["Access", "Drain", "Limits", "Logging"], configuration.GetChildren().Select(section => section.Key).Order());
    }

    [Fact]
    public void AllowedHosts_Configured_ReplaceTheDefaults()
    {
        using var services = Services(Settings(("Access:AllowedHosts:0", "mcp.example.com")));
        Assert.Equal(["mcp.example.com"], Get<AccessOptions>(services).AllowedHosts);
    }

    [Theory]
    [InlineData("""{ "Access": { "Cors": null, "AllowedHosts": null } }""")]
    [InlineData("""{ "Access": { "Cors": { "Origins": null }, "AllowedHosts": [] } }""")]
    public void Access_NullsInTheFile_AreAsIfLeftOut(string json)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        using var services = Services(new ConfigurationBuilder().AddJsonStream(stream).Build());
        Assert.Equal(AccessOptions.LoopbackHosts, Get<AccessOptions>(services).AllowedHosts);
        Assert.Empty(Get<AccessOptions>(services).Cors.Origins);
    }

    [Fact]
    public void Access_AllKeys_AreBound()
    {
        using var services = Services(Settings(
            ("Access:Anonymous", "true"), ("Access:Cors:Origins:0", "https://a.example:8443")));
        var access = Get<AccessOptions>(services);
        Assert.True(access.Anonymous);
        Assert.Equal(["https://a.example:8443"], access.Cors.Origins);
    }

    [Theory]
    [InlineData("Limits:RequestBodyBytes", "0")]
    [InlineData("Limits:MessageBytes", "-1")]
    [InlineData("Limits:QueuedBytes", "0")]
    [InlineData("Limits:Sessions", "0")]
    [InlineData("Limits:SessionsPerUser", "0")]
    [InlineData("Drain:Timeout", "-00:00:01")]
    [InlineData("Drain:Timeout", "1.00:00:00")]
    [InlineData("Access:Cors:Origins:0", "*")]
    [InlineData("Access:Cors:Origins:0", "app.example.com")]
    [InlineData("Access:Cors:Origins:0", "https://app.example.com/")]
    [InlineData("Access:Cors:Origins:0", "https://App.example.com")]
    [InlineData("Access:Cors:Origins:0", "https://app.example.com:443")]
    [InlineData("Access:AllowedHosts:0", "https://mcp.example.com")]
    [InlineData("Access:AllowedHosts:0", "mcp.example.com:8000")]
    [InlineData("Access:AllowedHosts:0", "::1")]
    [InlineData("Access:AllowedHosts:0", "")]
    public async Task Start_WithAWrongOption_FailsAndNamesIt(string key, string value)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]);
        builder.Services.AddGatewayConfiguration(builder.Configuration, _file.Loader, _file.Load("""{ "mcpServers": {} }"""));
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(key.Split(':')[1], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_Registered_HoldOneMonitorAndTheFirstSnapshot()
    {
        using var services = Services(new ConfigurationBuilder().Build());
        Assert.Same(services.GetRequiredService<GatewayConfigMonitor>(), Assert.Single(services.GetServices<IHostedService>()));
        Assert.Equal(GatewayConfig.Empty, services.GetRequiredService<GatewayConfigProvider>().Current);
    }

    [Fact]
    public void Services_WithAnInvalidFirstConfiguration_AreRefused()
    {
        var invalid = _file.Load("{}");
        Assert.Throws<ArgumentException>(() =>
            new ServiceCollection().AddGatewayConfiguration(new ConfigurationBuilder().Build(), _file.Loader, invalid));
    }

    private static T Get<T>(ServiceProvider services)
        where T : class => services.GetRequiredService<IOptions<T>>().Value;

    private static void Strictly<T>(IConfiguration configuration, string section)
        where T : new() => configuration.GetSection(section).Bind(new T(), options => options.ErrorOnUnknownConfiguration = true);

    private static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();

    private ServiceProvider Services(IConfiguration configuration) =>
        new ServiceCollection().AddLogging()
            .AddGatewayConfiguration(configuration, _file.Loader, _file.Load("""{ "mcpServers": {} }"""))
            .BuildServiceProvider();
}
