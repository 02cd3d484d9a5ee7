using McpGateway.Configuration;
using McpGateway.Configuration.Host;
using McpGateway.Configuration.Reading;
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
        Assert.Equivalent(Get<ReplicasOptions>(defaults), Get<ReplicasOptions>(configured), strict: true);
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
        Strictly<ReplicasOptions>(configuration, ReplicasOptions.Section);
        Strictly<AccessOptions>(configuration, AccessOptions.Section);
        Assert.Equal(["Access", "Drain", "Limits", "Logging", "Replicas"],
            configuration.GetChildren().Select(section => section.Key).Order());
    }

    [Theory]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", true)] // 32 bytes
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MA==", false)] // 31
    [InlineData("no base64 at all, however long it may be, is a key", false)]
    public void Keys_OfReplicas_AreLongEnough(string key, bool isValid)
    {
        using var services = Services(Settings(("Replicas:Keys:0", key)));
        if (isValid)
            Assert.Equal([key], Get<ReplicasOptions>(services).Keys);
        else
            Assert.DoesNotContain(key, Assert.Throws<OptionsValidationException>(() => Get<ReplicasOptions>(services)).Message,
                StringComparison.Ordinal);
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

    [Fact]
    public void PublicUrl_ItsHost_IsAllowedToo()
    {
        using var services = Services(Settings(("Access:PublicUrl", "https://mcp.example.com/tools")));
        Assert.Equal([.. AccessOptions.LoopbackHosts, "mcp.example.com"], Get<AccessOptions>(services).AllowedHosts);
    }

    [Fact]
    public void Issuers_AllKeys_AreBound()
    {
        using var services = Services(Settings(
            ("Access:Jwt:KeyLifetime", "00:05:00"), ("Access:Jwt:KeyFetchInterval", "00:00:10"), ("Access:Jwt:CachedTokens", "5"),
            ("Access:Jwt:Issuers:0:Issuer", "https://a.example"), ("Access:Jwt:Issuers:0:Audience", "gateway"),
            ("Access:Jwt:Issuers:0:Authority", "https://a.example"), ("Access:Jwt:Issuers:0:Algorithms:0", "ES256"),
            ("Access:Jwt:Issuers:0:ClockSkew", "00:01:00"), ("Access:Jwt:Issuers:1:Issuer", "trial"),
            ("Access:Jwt:Issuers:1:Audience", "gateway"), ("Access:Jwt:Issuers:1:SharedSecret", new string('s', 32)),
            ("Access:ApiKeys:0:Name", "ci"), ("Access:ApiKeys:0:Sha256", new string('A', 64)),
            ("Access:ApiKeys:0:Scopes:0", "one")));
        var access = Get<AccessOptions>(services);
        Assert.True(access.HasCredentials);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), 5),
            (access.Jwt.KeyLifetime, access.Jwt.KeyFetchInterval, access.Jwt.CachedTokens));
        Assert.Equal(["ES256"], JwtAlgorithms.Of(access.Jwt.Issuers[0]));
        Assert.Equal(TimeSpan.FromMinutes(1), access.Jwt.Issuers[0].ClockSkew);
        Assert.Equal(["HS256"], JwtAlgorithms.Of(access.Jwt.Issuers[1]));
        Assert.Equal(["one"], Assert.Single(access.ApiKeys).Scopes);
    }

    [Theory]
    [InlineData("Issuer", "Issuer", "")]
    [InlineData("Issuer", "Issuer", "apikey")]
    [InlineData("Issuer", "Issuer", "anonymous")]
    [InlineData("Audience", "Audience", "")]
    [InlineData("exactly one of", "Authority", null)]
    [InlineData("exactly one of", "JwksUrl", "https://a.example/keys")]
    [InlineData("exactly one of", "JwksFile", "keys.json")]
    [InlineData("exactly one of", "PublicKeys:0", "-----BEGIN PUBLIC KEY-----")]
    [InlineData("exactly one of", "SharedSecret", "0123456789012345678901234567890123456789")]
    [InlineData("Authority: write an https URL", "Authority", "http://a.example")]
    [InlineData("Authority: write an https URL", "Authority", "a.example")]
    [InlineData("Algorithms: choose from RS256", "Algorithms:0", "none")]
    [InlineData("Algorithms: choose from RS256", "Algorithms:0", "HS256")]
    [InlineData("Algorithms: choose from RS256", "Algorithms:0", "rs256")]
    [InlineData("ClockSkew", "ClockSkew", "01:00:00")]
    [InlineData("ClockSkew", "ClockSkew", "-00:00:01")]
    public void Issuer_Wrong_SaysWhatToWrite(string said, string key, string? value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "https://a.example",
            ["Access:Jwt:Issuers:0:Audience"] = "gateway",
            ["Access:Jwt:Issuers:0:Authority"] = "https://a.example",
        };
        settings[$"Access:Jwt:Issuers:0:{key}"] = value;
        AssertRefused(settings, $"Access:Jwt:Issuers:0:", said);
    }

    [Theory]
    [InlineData("SharedSecret", "short", "at least 32 bytes")]
    [InlineData("JwksUrl", "http://a.example/keys", "JwksUrl: write an https URL")]
    public void Issuer_WithWrongKeys_SaysWhatToWriteButNotTheSecret(string key, string value, string said)
    {
        var failures = AssertRefused(
            new() { ["Access:Jwt:Issuers:0:Issuer"] = "a", ["Access:Jwt:Issuers:0:Audience"] = "b",
                [$"Access:Jwt:Issuers:0:{key}"] = value },
            "Access:Jwt:Issuers:0:", said);
        Assert.DoesNotContain(value, failures, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HS256", 32)]
    [InlineData("HS384", 48)]
    [InlineData("HS512", 64)]
    public void Issuer_WithASecretTooShortForItsAlgorithm_IsRefused(string algorithm, int bytes)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "a", ["Access:Jwt:Issuers:0:Audience"] = "b",
            ["Access:Jwt:Issuers:0:SharedSecret"] = new string('s', bytes - 1), ["Access:Jwt:Issuers:0:Algorithms:0"] = algorithm,
        };
        AssertRefused(settings, "Access:Jwt:Issuers:0:", $"SharedSecret: write at least {bytes} bytes");
        settings["Access:Jwt:Issuers:0:Algorithms:1"] = "HS256"; // beside a longer one
        AssertRefused(settings, "Access:Jwt:Issuers:0:", $"SharedSecret: write at least {bytes} bytes");
    }

    [Fact]
    public void Issuer_AsymmetricAlgorithmWithASecret_IsRefused() => AssertRefused(
        new()
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "a", ["Access:Jwt:Issuers:0:Audience"] = "b",
            ["Access:Jwt:Issuers:0:SharedSecret"] = new string('s', 32), ["Access:Jwt:Issuers:0:Algorithms:0"] = "RS256",
        },
        "HS256");

    [Fact]
    public void Issuers_OfOneName_AreRefused() => AssertRefused(
        new()
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "a", ["Access:Jwt:Issuers:0:Audience"] = "b",
            ["Access:Jwt:Issuers:0:Authority"] = "https://a.example",
            ["Access:Jwt:Issuers:1:Issuer"] = "a", ["Access:Jwt:Issuers:1:Audience"] = "c",
            ["Access:Jwt:Issuers:1:Authority"] = "https://b.example",
        },
        "Access:Jwt:Issuers:1:Issuer: this issuer is listed twice");

    [Fact]
    public void Anonymous_BesideKeys_IsRefused() => AssertRefused(
        new() { ["Access:Anonymous"] = "true", ["Access:ApiKeys:0:Name"] = "ci",
            ["Access:ApiKeys:0:Sha256"] = new string('0', 64) },
        "Access:Anonymous is true");

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
    [InlineData("Access:PublicUrl", "mcp.example.com")]
    [InlineData("Access:PublicUrl", "https://mcp.example.com/?x=1")]
    [InlineData("Access:PublicUrl", "ftp://mcp.example.com")]
    [InlineData("Access:ForwardedHeaders:KnownNetworks:0", "10.0.0.0")]
    [InlineData("Access:ForwardedHeaders:KnownNetworks:0", "10.0.0.0/33")]
    [InlineData("Access:Jwt:KeyLifetime", "2.00:00:00")]
    [InlineData("Access:Jwt:KeyFetchInterval", "00:00:00")]
    [InlineData("Access:Jwt:KeyFetchInterval", "01:00:00")]
    [InlineData("Access:Jwt:CachedTokens", "-1")]
    [InlineData("Access:Jwt:ScopePrefix", "api://a b/")]
    [InlineData("Limits:HeaderBytes", "100")]
    [InlineData("Limits:HeaderTimeout", "00:00:00")]
    [InlineData("Limits:BodyBytesPerSecond", "-1")]
    [InlineData("Access:RateLimit:PermitsPerMinute", "0")]
    [InlineData("Access:RateLimit:Concurrency", "0")]
    [InlineData("Access:RateLimit:Queue", "-1")]
    [InlineData("Access:RateLimit:OpeningsPerMinute", "0")]
    [InlineData("Access:RateLimit:FailedAuthenticationsPerMinute", "0")]
    [InlineData("Access:Https:Port", "0")]
    [InlineData("Access:Https:Redirect", "true")]
    [InlineData("Access:Https:HstsMaxAge", "00:00:00")]
    [InlineData("Access:ApiKeys:0:Sha256", "0123")]
    [InlineData("Access:ApiKeys:0:Scopes:0", "a b")]
    public async Task Start_WithAWrongOption_FailsAndNamesIt(string key, string value)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]);
        builder.Services.AddGatewayConfiguration(builder.Configuration, _file.Loader, _file.Load("""{ "mcpServers": {} }"""));
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            host.StartAsync(TestContext.Current.CancellationToken));
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

    private string AssertRefused(Dictionary<string, string?> settings, params string[] said)
    {
        using var services = Services(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        var failures = string.Join('\n', Assert.Throws<OptionsValidationException>(() => Get<AccessOptions>(services)).Failures);
        Assert.All(said, part => Assert.Contains(part, failures, StringComparison.Ordinal));
        return failures;
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
