using System.Text;
using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;
using McpGateway.Sessions;

namespace McpGateway.FunctionalTests.Access;

/// <summary>
/// One issuer and one gateway for the tests of a class; started by the first test, which may be skipped instead.
/// </summary>
public abstract class AcceptanceFixture : IAsyncDisposable
{
    internal Issuer Issuer { get; private set; } = null!;

    internal GuardedGateway Gateway { get; private set; } = null!;

    public async ValueTask StartAsync()
    {
        Issuer ??= await StartIssuerAsync();
        Gateway ??= await GuardedGateway.StartAsync(Issuer);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Gateway is not null)
            await Gateway.DisposeAsync();
        if (Issuer is not null)
            await Issuer.DisposeAsync();
    }

    private protected abstract Task<Issuer> StartIssuerAsync();
}

/// <summary>Which tokens are let in, and how the others are refused. Who the issuer is, a subclass knows.</summary>
public abstract class AcceptanceTests(AcceptanceFixture fixture) : IAsyncLifetime
{
    private Issuer _issuer = null!;
    private GuardedGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        await fixture.StartAsync();
        (_issuer, _gateway) = (fixture.Issuer, fixture.Gateway);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }

    [Theory]
    [InlineData(GuardedGateway.Audience, "test/mcp")]
    [InlineData(GuardedGateway.TestResource, "test/mcp")]
    [InlineData("https://mcp.test/test/sse", "test/mcp")]
    [InlineData("https://mcp.test/mcp", "test/mcp")]
    [InlineData("https://mcp.test/mcp", "mcp")]
    [InlineData(GuardedGateway.Audience, "other/mcp")]
    public async Task Token_OfTheIssuerWithARightAudience_IsLetIn(string audience, string path)
    {
        var token = await _issuer.IssueAsync("alice", audience, "test:use");
        using var answer = await _gateway.InitializeAsync(path, ("Authorization", $"Bearer {token}"));
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Token_OnEveryTransport_CallsAToolWithIt()
    {
        var user = $"Bearer {await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use test:admin")}";
        foreach (var wire in Enum.GetValues<Wire>())
        {
            await using var client = await _gateway.Gateway.ConnectAsync(wire, user: user);
            Assert.Equal("hello", (await client.CallAsync("echo", new { text = "hello" })).Text());
        }
    }

    [Theory]
    [InlineData("no token")]
    [InlineData("garbage")]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    [InlineData("without expiry")]
    [InlineData("without subject")]
    [InlineData("wrong issuer")]
    [InlineData("wrong audience")]
    [InlineData("another server's audience")]
    [InlineData("no audience")]
    [InlineData("alg none")]
    [InlineData("alg None")]
    [InlineData("signed with the public key as a secret")]
    [InlineData("unknown kid")]
    [InlineData("another's key under the known kid")]
    [InlineData("tampered")]
    [InlineData("padded")]
    [InlineData("in the query")]
    [InlineData("basic")]
    public async Task Token_Wrong_Is401WithAChallenge(string what)
    {
        using (var first = await _gateway.InitializeWithAsync(
            await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use")))
            Assert.Equal(200, first.Status); // the keys are there, and it is not for want of them
        var (path, authorization) = await MakeAsync(what);
        using var answer = await _gateway.InitializeAsync(path, authorization is null ? [] : [("Authorization", authorization)]);
        await AssertRefusedAsync(answer, what switch
            { "no token" => null, "in the query" => "invalid_request", _ => "invalid_token" });
    }

    [Fact]
    public async Task Token_OfAKeyThatWasRotatedAway_IsRefusedAndTheNewOneTaken()
    {
        var old = await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use");
        using (var before = await _gateway.InitializeWithAsync(old))
            Assert.Equal(200, before.Status);
        await _issuer.RotateAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestHttp.Token); // Access:Jwt:KeyFetchInterval
        using (var after = await _gateway.InitializeWithAsync(
            await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use")))
            Assert.Equal(200, after.Status);
        using var refused = await _gateway.InitializeWithAsync(old);
        await AssertRefusedAsync(refused, "invalid_token");
    }

    [Fact]
    public async Task Token_WithoutTheScope_Is403NamingAllThatIsNeeded()
    {
        await using var gateway = await GuardedGateway.StartAsync(_issuer, scopes: ["test:use", "test:admin"]);
        using var answer = await gateway.InitializeWithAsync(
            await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use"));
        Assert.Equal(403, answer.Status);
        Assert.Equal(-32001, (await answer.JsonAsync()).Code());
        Assert.Equal(
            "Bearer error=\"insufficient_scope\", scope=\"test:use test:admin\", "
            + "resource_metadata=\"https://mcp.test/.well-known/oauth-protected-resource/test/mcp\"",
            answer.Header("WWW-Authenticate"));
        using var granted = await gateway.InitializeWithAsync(
            await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use test:admin"));
        Assert.Equal(200, granted.Status);
    }

    [Fact]
    public async Task Session_OfAnother_IsNotFoundAndOneOfARefreshedTokenGoesOn()
    {
        var alice = $"Bearer {await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use")}";
        var bob = $"Bearer {await _issuer.IssueAsync("bob", GuardedGateway.Audience, "test:use")}";
        await using var streamable = await StreamableClient.ConnectAsync(_gateway.Gateway, user: alice);
        await using var sse = await SseClient.ConnectAsync(_gateway.Gateway, user: alice);

        var thief = new StreamableClient(new Uri(_gateway.Gateway.BaseAddress, "test/mcp"))
        {
            User = bob, SessionId = streamable.SessionId, Version = streamable.Version,
        };
        using (var post = await thief.PostAsync(Rpc.Request("7", "ping")))
            Assert.Equal((404, -32001), (post.Status, (await post.JsonAsync()).Code()));
        using (var get = await thief.SendAsync(HttpMethod.Get, accept: "text/event-stream"))
            Assert.Equal(404, get.Status);
        Assert.Equal(404, await thief.DeleteAsync());
        using (var message = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(_gateway.Gateway.BaseAddress, sse.Endpoint), TestHttp.Json(Rpc.Request("7", "ping")),
            ("Authorization", bob)))
            Assert.Equal((404, -32001), (message.Status, (await message.JsonAsync()).Code()));

        // Another token of the same subject is the same owner.
        var refreshed = $"Bearer {_issuer.Key.Sign(_issuer.Claims("alice", GuardedGateway.Audience, "test:use"))}";
        Assert.NotEqual(alice, refreshed);
        var again = new StreamableClient(new Uri(_gateway.Gateway.BaseAddress, "test/mcp"))
        {
            User = refreshed, SessionId = streamable.SessionId, Version = streamable.Version,
        };
        Assert.Equal("hello", (await again.CallAsync("echo", new { text = "hello" })).Text());
        using var accepted = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(_gateway.Gateway.BaseAddress, sse.Endpoint), TestHttp.Json(Rpc.Request("7", "ping")),
            ("Authorization", refreshed));
        Assert.Equal(202, accepted.Status);
    }

    private static async Task AssertRefusedAsync(Answer answer, string? error)
    {
        Assert.Equal(401, answer.Status);
        Assert.Equal(-32001, (await answer.JsonAsync()).Code());
        var challenge = answer.Header("WWW-Authenticate")!;
        Assert.StartsWith(error is null ? "Bearer scope="
            : $"Bearer error=\"{error}\", error_description=\"", challenge, StringComparison.Ordinal);
        Assert.EndsWith(
            "scope=\"test:use\", resource_metadata=\"https://mcp.test/.well-known/oauth-protected-resource/test/mcp\"", challenge,
            StringComparison.Ordinal);
    }

    private async Task<(string Path, string? Authorization)> MakeAsync(string what)
    {
        const string Path = "test/mcp";
        var claims = _issuer.Claims("alice", GuardedGateway.Audience, "test:use");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var good = await _issuer.IssueAsync("alice", GuardedGateway.Audience, "test:use");
        return what switch
        {
            "no token" => (Path, null),
            "garbage" => (Path, "Bearer garbage"),
            "basic" => (Path, "Basic YWxpY2U6c2VjcmV0"),
            "in the query" => ($"{Path}?access_token={good}", null),
            "tampered" => (Path, $"Bearer {Tamper(good)}"),
            "padded" => (Path, $"Bearer {good}="),
            "expired" => Signed(claims, ("exp", now - 60)),
            "not yet valid" => Signed(claims, ("nbf", now + 60)),
            "without expiry" => Signed(claims, ("exp", null)),
            "without subject" => Signed(claims, ("sub", null)),
            "wrong issuer" => Signed(claims, ("iss", "https://issuer.test")),
            "wrong audience" => Signed(claims, ("aud", "https://elsewhere.test")),
            "another server's audience" => Signed(claims, ("aud", GuardedGateway.PublicUrl + "/other/mcp")),
            "no audience" => Signed(claims, ("aud", null)),
            "alg none" => (Path, $"Bearer {TokenKey.Unsigned(Header("none"), claims)}"),
            "alg None" => (Path, $"Bearer {TokenKey.Unsigned(Header("None"), claims)}"),
            "signed with the public key as a secret" =>
                (Path, $"Bearer {TokenKey.SignWithSecret(Header("HS256"), claims, Encoding.UTF8.GetBytes(_issuer.Key.Pem))}"),
            "unknown kid" => (Path, $"Bearer {_issuer.Key.Sign(claims, keyId: "unknown")}"),
            "another's key under the known kid" => (Path, $"Bearer {new TokenKey(_issuer.Key.Id).Sign(claims)}"),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };

        JsonObject Header(string algorithm) => new() { ["alg"] = algorithm, ["kid"] = _issuer.Key.Id };

        (string, string?) Signed(JsonObject claims, (string Name, JsonNode? Value) change)
        {
            claims.Remove(change.Name);
            if (change.Value is not null)
                claims[change.Name] = change.Value;
            return (Path, $"Bearer {_issuer.Key.Sign(claims)}");
        }
    }

    // Another first character of the signature: the last one also holds bits that mean nothing.
    private static string Tamper(string token)
    {
        var signature = token.LastIndexOf('.') + 1;
        return string.Concat(token.AsSpan(0, signature), token[signature] == 'A' ? "B" : "A", token.AsSpan(signature + 1));
    }
}

public sealed class LocalIssuerTests(LocalIssuerTests.Fixture fixture)
    : AcceptanceTests(fixture), IClassFixture<LocalIssuerTests.Fixture>
{
    public sealed class Fixture : AcceptanceFixture
    {
        private protected override async Task<Issuer> StartIssuerAsync() => await LocalIssuer.StartAsync();
    }
}

/// <summary>The same with a real issuer.</summary>
public sealed class OidcProviderTests(OidcProviderTests.Fixture fixture)
    : AcceptanceTests(fixture), IClassFixture<OidcProviderTests.Fixture>
{
    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task TypeScriptClient_WithItsToken_SeesEverything(string transport)
    {
        await using var gateway = await TestGateway.StartAsync(InteropGateway.BuildGatewayJson(), new()
        {
            ["Access:Jwt:Issuers:0:Issuer"] = fixture.Issuer.Name, ["Access:Jwt:Issuers:0:Authority"] = fixture.Issuer.Name,
            ["Access:Jwt:Issuers:0:Audience"] = GuardedGateway.Audience,
        });
        var token = await fixture.Issuer.IssueAsync("alice", GuardedGateway.Audience);
        var url = new Uri(gateway.BaseAddress, transport is "sse" ? "everything/sse" : "everything/mcp").AbsoluteUri;
        Expectations.Everything(await NodeScript.RunAsync(
            "ts-client.mjs", ["--script", "everything", "--transport", transport, "--url", url, "--token", token]));
    }

    public sealed class Fixture : AcceptanceFixture
    {
        private protected override async Task<Issuer> StartIssuerAsync() => await OidcProviderIssuer.StartAsync();
    }
}
