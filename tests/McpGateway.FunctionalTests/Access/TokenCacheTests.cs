using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Logging;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.FunctionalTests.Access;

/// <summary>What is remembered of tokens, and what ends it.</summary>
public sealed class TokenCacheTests : IAsyncLifetime
{
    private LocalIssuer _issuer = null!;
    private int _validations;

    public async ValueTask InitializeAsync() => _issuer = await LocalIssuer.StartAsync();

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task Token_ManyMessages_CostOneSignatureAndOneFetch()
    {
        await using var gateway = await StartAsync();
        var token = await IssueAsync("alice");
        for (var message = 0; message < 10; message++)
            Assert.Equal(200, await SendAsync(gateway, token));
        Assert.Equal((1, 1), (_validations, _issuer.Fetches));
        Assert.Equal(200, await SendAsync(gateway, await IssueAsync("alice")));
        Assert.Equal((2, 1), (_validations, _issuer.Fetches));
    }

    [Fact]
    public async Task Token_CacheOff_CostsASignatureEachTime()
    {
        await using var gateway = await StartAsync(("Access:Jwt:CachedTokens", "0"));
        var token = await IssueAsync("alice");
        for (var message = 0; message < 3; message++)
            Assert.Equal(200, await SendAsync(gateway, token));
        Assert.Equal(3, _validations);
    }

    [Fact]
    public async Task Token_CacheFull_IsStillTaken()
    {
        await using var gateway = await StartAsync(("Access:Jwt:CachedTokens", "1"));
        for (var user = 0; user < 5; user++)
            Assert.Equal(200, await SendAsync(gateway, await IssueAsync($"user{user}")));
    }

    [Fact]
    public async Task Token_Remembered_EndsWithItsExpiry()
    {
        await using var gateway = await StartAsync(("Access:Jwt:Issuers:0:ClockSkew", "00:00:00"));
        var claims = _issuer.Claims("alice", GuardedGateway.Audience, "test:use");
        claims["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3;
        var token = _issuer.Key.Sign(claims);
        Assert.Equal(200, await SendAsync(gateway, token));
        await Eventually.TrueAsync(async () => await SendAsync(gateway, token) == 401, "it has expired", TestHttp.Timeout);
    }

    [Fact]
    public async Task Token_RememberedForOneServer_IsRefusedAtAnother()
    {
        await using var gateway = await StartAsync();
        var token = _issuer.Key.Sign(_issuer.Claims("alice", GuardedGateway.TestResource, "test:use"));
        Assert.Equal(200, await SendAsync(gateway, token));
        using var other = await gateway.InitializeAsync("other/mcp", ("Authorization", $"Bearer {token}"));
        Assert.Equal(401, other.Status);
        Assert.Equal(1, _validations);
    }

    [Fact]
    public async Task Token_SettingsOrRulesChange_HoldFromTheNextMessageOn()
    {
        await using var gateway = await StartAsync();
        var token = await IssueAsync("alice");
        Assert.Equal(200, await SendAsync(gateway, token));
        await using var client = await StreamableClient.ConnectAsync(gateway.Gateway, user: $"Bearer {token}");

        await gateway.Gateway.RewriteAsync(GuardedGateway.Json("test:use", "test:admin").ToJsonString());
        using (var rules = await client.PostAsync(Rpc.Request("7", "ping")))
            Assert.Equal(403, rules.Status);
        await gateway.Gateway.RewriteAsync(GuardedGateway.Json("test:use").ToJsonString());
        Assert.True((await client.AskAsync(Rpc.Request("7", "ping"), "7")).TryGetProperty("result", out _)); // the session lives

        Change(gateway, "Access:Jwt:Issuers:0:Issuer", "https://issuer.test");
        using var revoked = await client.PostAsync(Rpc.Request("8", "ping"));
        Assert.Equal(401, revoked.Status);
    }

    [Fact]
    public async Task Issuer_Down_DoesNotLockOutWhoseKeysAreKnown()
    {
        await using var gateway = await StartAsync(("Access:Jwt:KeyLifetime", "00:00:01"));
        Assert.Equal(200, await SendAsync(gateway, await IssueAsync("alice")));
        _issuer.IsDown = true;
        var before = _issuer.Discoveries;
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal(200, await SendAsync(gateway, await IssueAsync("bob")));
                return _issuer.Discoveries > before;
            },
            "a request to it failed", TestHttp.Timeout);
        Assert.Equal(200, await SendAsync(gateway, await IssueAsync("bob")));
        using var unknown = await gateway.InitializeWithAsync(
            _issuer.Key.Sign(_issuer.Claims("bob", GuardedGateway.Audience), "unknown"));
        Assert.Equal(401, unknown.Status);
    }

    [Fact]
    public async Task Issuer_DownFromTheStart_Is503AndAnotherIssuerIsNotConcerned()
    {
        _issuer.IsDown = true;
        var key = new TokenKey();
        await using var gateway = await StartAsync(
            ("Access:Jwt:Issuers:1:Issuer", "https://static.test"), ("Access:Jwt:Issuers:1:Audience", GuardedGateway.Audience),
            ("Access:Jwt:Issuers:1:PublicKeys:0", key.Pem));
        using (var answer = await gateway.InitializeWithAsync(await IssueAsync("alice")))
        {
            Assert.Equal(503, answer.Status);
            Assert.NotNull(answer.Header("Retry-After"));
            Assert.Equal(-32003, (await answer.JsonAsync()).Code());
        }

        var claims = _issuer.Claims("alice", GuardedGateway.Audience, "test:use");
        claims["iss"] = "https://static.test";
        Assert.Equal(200, await SendAsync(gateway, key.Sign(claims)));
        _issuer.IsDown = false;
        await Eventually.TrueAsync(async () => await SendAsync(gateway, await IssueAsync("alice")) == 200, "it is back",
            TestHttp.Timeout);
    }

    [Fact]
    public async Task Issuer_UnknownKeys_DoNotHammerIt()
    {
        await using var gateway = await StartAsync(("Access:Jwt:KeyFetchInterval", "00:10:00"),
            ("Access:Jwt:KeyLifetime", "00:10:00"));
        for (var guess = 0; guess < 20; guess++)
        {
            using var refused = await gateway.InitializeWithAsync(
                _issuer.Key.Sign(_issuer.Claims("alice", GuardedGateway.Audience), $"guess-{guess}"));
            Assert.Equal(401, refused.Status);
        }

        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task Logs_OfEverything_HoldNoToken()
    {
        var log = new CapturedLog();
        await using var gateway = await StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Default", "Trace")]);
                builder.Logging.AddProvider(log);
            },
            ("Access:Jwt:Issuers:1:Issuer", "trial"), ("Access:Jwt:Issuers:1:Audience", "a"),
            ("Access:Jwt:Issuers:1:SharedSecret", "a-secret-that-nobody-is-to-see-anywhere"));
        var good = await IssueAsync("alice");
        var expired = _issuer.Claims("alice", GuardedGateway.Audience);
        expired["exp"] = 1;
        var bad = _issuer.Key.Sign(expired);
        Assert.Equal(200, await SendAsync(gateway, good));
        Assert.Equal(401, await SendAsync(gateway, bad));
        Assert.Equal(401, await SendAsync(gateway, good + "x"));
        using (var query = await gateway.InitializeAsync($"test/mcp?access_token={good}"))
            Assert.Equal(401, query.Status);
        Assert.NotEmpty(log.Lines);
        foreach (var secret in new[]
            { good, bad, good.Split('.')[1], bad.Split('.')[1], good.Split('.')[2], "a-secret-that-nobody" })
            Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    private static void Change(GuardedGateway gateway, string key, string value)
    {
        var configuration = (IConfigurationRoot)gateway.Gateway.Services.GetRequiredService<IConfiguration>();
        configuration[key] = value;
        configuration.Reload();
    }

    private static async Task<int> SendAsync(GuardedGateway gateway, string token)
    {
        using var answer = await gateway.InitializeWithAsync(token);
        return answer.Status;
    }

    private Task<string> IssueAsync(string subject) => _issuer.IssueAsync(subject, GuardedGateway.Audience, "test:use");

    private Task<GuardedGateway> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(_ => { }, settings);

    private Task<GuardedGateway> StartAsync(Action<WebApplicationBuilder> adjust,
        params (string Key, string? Value)[] settings) =>
        GuardedGateway.StartAsync(_issuer, settings.ToDictionary(setting => setting.Key, setting => setting.Value), builder =>
        {
            adjust(builder);
            builder.Services.PostConfigureAll<JwtBearerOptions>(CountValidations);
        });

    private void CountValidations(JwtBearerOptions options)
    {
        var resolve = options.TokenValidationParameters.IssuerSigningKeyResolver;
        options.TokenValidationParameters.IssuerSigningKeyResolver = (token, security, id, parameters) =>
        {
            Interlocked.Increment(ref _validations);
            return resolve(token, security, id, parameters) ?? Enumerable.Empty<SecurityKey>();
        };
    }
}
