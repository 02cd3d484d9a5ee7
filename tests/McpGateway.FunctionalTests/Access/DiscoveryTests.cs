using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access;

/// <summary>How clients find out where to get a token (RFC 9728).</summary>
public sealed class DiscoveryTests
{
    private const string WellKnown = ".well-known/oauth-protected-resource";

    private static readonly Dictionary<string, string?> Issuer = new()
    {
        ["Access:Jwt:Issuers:0:Issuer"] = "https://issuer.test", ["Access:Jwt:Issuers:0:Audience"] = "gateway",
        ["Access:Jwt:Issuers:0:PublicKeys:0"] = new TokenKey().Pem,
        ["Access:Jwt:Issuers:1:Issuer"] = "trial", ["Access:Jwt:Issuers:1:Audience"] = "gateway",
        ["Access:Jwt:Issuers:1:SharedSecret"] = new string('s', 32),
    };

    [Theory]
    [InlineData(WellKnown + "/test/mcp", "https://mcp.test/test/mcp", "test")]
    [InlineData(WellKnown + "/test/sse", "https://mcp.test/test/sse", "test")]
    [InlineData("test/mcp/" + WellKnown, "https://mcp.test/test/mcp", "test")]
    [InlineData(WellKnown + "/mcp", "https://mcp.test/mcp", "test")]
    [InlineData(WellKnown + "/sse", "https://mcp.test/sse", "test")]
    [InlineData(WellKnown, "https://mcp.test", "test")]
    [InlineData(WellKnown + "/other/mcp", "https://mcp.test/other/mcp", "other")]
    public async Task Document_OfEachEndpoint_NamesItsUrlAndTheIssuers(string path, string resource, string server)
    {
        await using var gateway = await StartAsync(("Access:PublicUrl", "https://MCP.test/"));
        using var answer = await GetAsync(gateway, path, ("Origin", "https://anywhere.test"));
        Assert.Equal((200, "*"), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
        var document = await answer.JsonAsync();
        Assert.Equal(resource, document.Get("resource").GetString());
        Assert.Equal(["https://issuer.test"], document.Get("authorization_servers").Deserialize<string[]>()!);
        Assert.Equal(["header"], document.Get("bearer_methods_supported").Deserialize<string[]>()!);
        Assert.Equal(server is "test", document.TryGetProperty("scopes_supported", out var scopes));
        if (server is "test")
            Assert.Equal(["test:use"], scopes.Deserialize<string[]>()!);
    }

    [Theory]
    [InlineData(WellKnown + "/unknown/mcp")]
    [InlineData(WellKnown + "/test")]
    [InlineData(WellKnown + "/test/mcp/x")]
    [InlineData(WellKnown + "/test/x")]
    public async Task Document_OfNoEndpoint_Is404(string path)
    {
        await using var gateway = await StartAsync();
        using var answer = await GetAsync(gateway, path);
        Assert.Equal(404, answer.Status);
    }

    [Fact]
    public async Task Document_WithoutPublicUrl_FollowsTheHostIfItIsAllowed()
    {
        await using var gateway = await StartAsync();
        using var answer = await GetAsync(gateway, WellKnown + "/test/mcp");
        Assert.Equal(new Uri(gateway.BaseAddress, "test/mcp").AbsoluteUri,
            (await answer.JsonAsync()).Get("resource").GetString());
        using var foreign = await GetAsync(gateway, WellKnown + "/test/mcp", ("Host", "evil.test"));
        Assert.Equal(403, foreign.Status);
    }

    [Fact]
    public async Task Document_BehindAKnownProxy_HasTheUrlThatClientsUse()
    {
        await using var gateway = await StartAsync(
            ("Access:ForwardedHeaders:KnownNetworks:0", "127.0.0.0/8"), ("Access:AllowedHosts:0", "mcp.test"),
            ("Access:AllowedHosts:1", "127.0.0.1"));
        (string, string)[] forwarded = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "mcp.test"),
            ("X-Forwarded-For", "192.0.2.1")];
        using (var document = await GetAsync(gateway, WellKnown + "/test/mcp", forwarded))
            Assert.Equal("https://mcp.test/test/mcp", (await document.JsonAsync()).Get("resource").GetString());
        using (var challenge = await GetAsync(gateway, "test/mcp", forwarded))
            AssertLeadsTo("https://mcp.test/.well-known/oauth-protected-resource/test/mcp", challenge);
        using var spoofed = await GetAsync(gateway, WellKnown + "/test/mcp", ("X-Forwarded-Host", "evil.test"));
        Assert.Equal(403, spoofed.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("192.0.2.0/24")]
    public async Task Document_BehindAnUnknownProxy_BelievesNothingOfIt(string? known)
    {
        await using var gateway = await StartAsync(
            known is null ? [] : [("Access:ForwardedHeaders:KnownNetworks:0", known)]);
        using var answer = await GetAsync(
            gateway, WellKnown + "/test/mcp", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "localhost"));
        Assert.Equal(new Uri(gateway.BaseAddress, "test/mcp").AbsoluteUri,
            (await answer.JsonAsync()).Get("resource").GetString());
    }

    [Fact]
    public async Task Document_PublicUrlWithAPath_IsFoundBothWays()
    {
        await using var gateway = await StartAsync(("Access:PublicUrl", "https://mcp.test/tools"), ("PathBase", "/tools"));
        string[] paths = [WellKnown + "/tools/test/mcp", "tools/" + WellKnown + "/test/mcp", WellKnown + "/test/mcp"];
        foreach (var path in paths)
        {
            using var answer = await GetAsync(gateway, path);
            Assert.Equal("https://mcp.test/tools/test/mcp", (await answer.JsonAsync()).Get("resource").GetString());
        }

        using var challenge = await GetAsync(gateway, "tools/test/mcp");
        AssertLeadsTo("https://mcp.test/tools/.well-known/oauth-protected-resource/test/mcp", challenge);
    }

    [Theory]
    [InlineData("test/mcp", "/test/mcp")]
    [InlineData("sse", "/sse")]
    [InlineData("test/message", "/test/sse")]
    [InlineData("message", "/sse")]
    public async Task Challenge_OfEachEndpoint_LeadsToTheDocumentOfTheUrlThatClientsConnectTo(string path, string connected)
    {
        await using var gateway = await StartAsync(("Access:PublicUrl", "https://mcp.test"));
        using var challenge = await TestHttp.SendAsync(HttpMethod.Post, new Uri(gateway.BaseAddress, path),
            TestHttp.Json(Rpc.Initialize()));
        Assert.Equal(401, challenge.Status);
        AssertLeadsTo("https://mcp.test/" + WellKnown + connected, challenge);
    }

    [Fact]
    public async Task Document_Preflight_IsAllowed()
    {
        await using var gateway = await StartAsync();
        using var answer = await TestHttp.SendAsync(HttpMethod.Options, new Uri(gateway.BaseAddress, WellKnown + "/test/mcp"),
            null,
            ("Origin", "https://anywhere.test"), ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "mcp-protocol-version"));
        Assert.Equal((204, "*", "*"),
            (answer.Status, answer.Header("Access-Control-Allow-Origin"), answer.Header("Access-Control-Allow-Headers")));
        using var post = await TestHttp.SendAsync(HttpMethod.Post, new Uri(gateway.BaseAddress, WellKnown + "/test/mcp"));
        Assert.Equal(405, post.Status);
    }

    [Fact]
    public async Task Scopes_WithAPrefix_AreAnnouncedWithIt()
    {
        await using var gateway = await StartAsync(("Access:PublicUrl", "https://mcp.test"),
            ("Access:Jwt:ScopePrefix", "{resource}/"));
        using var document = await GetAsync(gateway, WellKnown + "/test/mcp");
        Assert.Equal(
            ["https://mcp.test/test/mcp/test:use"],
            (await document.JsonAsync()).Get("scopes_supported").Deserialize<string[]>()!);
        foreach (var path in (string[])["test/sse", "test/message"])
        {
            using var challenge = await GetAsync(gateway, path);
            Assert.StartsWith(
                "Bearer scope=\"https://mcp.test/test/sse/test:use\"", challenge.Header("WWW-Authenticate"),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("test/a%22,b=%22c")]
    [InlineData("test/a%0Ab")]
    [InlineData("test/%C3%A4")]
    public async Task Scopes_WithAPrefix_ContainNothingOfAPathThatIsNoEndpoint(string path)
    {
        await using var gateway = await StartAsync(("Access:PublicUrl", "https://mcp.test"),
            ("Access:Jwt:ScopePrefix", "{resource}/"));
        using var challenge = await GetAsync(gateway, path);
        Assert.Equal(
            (401, "Bearer scope=\"https://mcp.test/test:use\""), (challenge.Status, challenge.Header("WWW-Authenticate")));
    }

    [Fact]
    public async Task Anonymous_Gateway_HasNoDocument()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        using var answer = await GetAsync(gateway, WellKnown + "/test/mcp");
        Assert.Equal(404, answer.Status);
    }

    private static void AssertLeadsTo(string url, Answer challenge) =>
        Assert.Contains($"resource_metadata=\"{url}\"", challenge.Header("WWW-Authenticate"), StringComparison.Ordinal);

    private static Task<Answer> GetAsync(TestGateway gateway, string path, params (string, string)[] headers) =>
        TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, path), null, headers);

    private static Task<TestGateway> StartAsync(params (string Key, string? Value)[] settings) => TestGateway.StartAsync(
        GuardedGateway.Json("test:use").ToJsonString(),
        Issuer.Concat(settings.ToDictionary(setting => setting.Key, setting => setting.Value)).ToDictionary());
}
