using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Access.Browser;

/// <summary>Pages of other origins, in Chromium, that use a gateway with a key that their user has given them.</summary>
public sealed class GuardedPageTests : IAsyncLifetime
{
    private const string Key = "mgw_0123456789abcdef0123456789abcdef";
    private const string User = "Bearer " + Key;

    private readonly RequestLog _requests = new();
    private PageServer _site = null!;

    // No host that is allowed by itself, as those of this machine are.
    private string Page => _site.Origin("app.test");

    private string OtherPage => _site.Origin("other.test");

    public async ValueTask InitializeAsync()
    {
        InteropParts.RequireChromium();
        _site = await PageServer.StartAsync();
    }

    public ValueTask DisposeAsync() => _site?.DisposeAsync() ?? default;

    [Fact]
    public async Task Page_ThatOneServerAllows_UsesThatOneAndNoOther()
    {
        await using var gateway = await StartAsync(server => server["cors"] = Origins(Page));
        var report = await new PageScript()
            .OverFetch("allowed", Page, Url(gateway, "test/mcp"), User)
            .OverFetch("alias", Page, Url(gateway, "mcp"), User)
            .OverFetch("another server", Page, Url(gateway, "other/mcp"), User)
            .OverFetch("another page", OtherPage, Url(gateway, "test/mcp"), User)
            .RunAsync();

        AssertUsed(report, "allowed", "alias");
        AssertKeptAway(report, "another server", "another page");
        Assert.Equal(["OPTIONS /test/mcp 204", "POST /test/mcp 200"], Seen(Page, "/test/mcp").Take(2));
        Assert.Equal(["OPTIONS /other/mcp 403"], Seen(Page, "/other/mcp")); // so the browser has sent no more
        Assert.Equal(["OPTIONS /test/mcp 403"], Seen(OtherPage, "/test/mcp"));
    }

    [Fact]
    public async Task Page_ThatTheGatewayAllows_UsesEveryServer()
    {
        await using var gateway = await StartAsync(settings: ("Access:Cors:Origins:0", Page));
        var report = await new PageScript()
            .OverFetch("test", Page, Url(gateway, "test/mcp"), User)
            .OverFetch("other", Page, Url(gateway, "other/mcp"), User)
            .OverFetch("another page", OtherPage, Url(gateway, "test/mcp"), User)
            .RunAsync();

        AssertUsed(report, "test", "other");
        AssertKeptAway(report, "another page");
    }

    [Fact]
    public async Task Refusals_CanBeReadByThePage()
    {
        await using var gateway = await StartAsync(
            server => (server["cors"], server["rateLimit"]) = (Origins(Page), new JsonObject { ["permitsPerMinute"] = 1 }));
        var ping = new Dictionary<string, object>
        {
            ["url"] = Url(gateway, "test/message"), ["method"] = "POST", ["body"] = Rpc.Request("1", "ping"),
        };
        var withKey = new Dictionary<string, object>(ping)
        {
            ["headers"] = new Dictionary<string, string> { ["Content-Type"] = "application/json", ["Authorization"] = User },
        };
        var report = await new PageScript()
            .Read("no token", Page, ping)
            .Read("first", Page, withKey)
            .Read("too many", Page, withKey)
            .OverEventSource("no token in a stream", Page, Url(gateway, "test/sse"))
            .RunAsync();

        var refused = report.Result("no token");
        Assert.Equal(401, refused.Get("status").GetInt32());
        Assert.Contains("resource_metadata=\"", refused.Get("headers").Get("www-authenticate").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(-32001, JsonElement.Parse(refused.Get("body").GetString()!).Code());
        Assert.Equal(200, report.Result("first").Get("status").GetInt32());
        var limited = report.Result("too many");
        Assert.Equal(429, limited.Get("status").GetInt32());
        Assert.True(int.Parse(limited.Get("headers").Get("retry-after").GetString()!, null) > 0);
        // An EventSource cannot carry a token.
        Assert.Contains("does not open", report.Error("no token in a stream"), StringComparison.Ordinal);
        Assert.Equal(["GET /test/sse 401"], Seen(Page, "/test/sse"));
    }

    [Fact]
    public async Task Documents_CanBeReadByEveryPage()
    {
        await using var gateway = await StartAsync();
        // As the MCP SDKs ask for it, for which the browser asks first.
        var headers = new Dictionary<string, string> { ["MCP-Protocol-Version"] = "2025-11-25" };
        var url = Url(gateway, ".well-known/oauth-protected-resource/test/mcp");
        var report = await new PageScript()
            .Read("document", OtherPage, new { url, headers })
            .Read("suffixed", OtherPage, new { url = Url(gateway, "test/mcp/.well-known/oauth-protected-resource"), headers })
            .RunAsync();

        foreach (var step in (string[])["document", "suffixed"])
        {
            var document = JsonElement.Parse(report.Result(step).Get("body").GetString()!);
            Assert.Equal(Url(gateway, "test/mcp").AbsoluteUri, document.Get("resource").GetString());
        }

        Assert.Equal([$"OPTIONS {url.AbsolutePath} 204", $"GET {url.AbsolutePath} 200"], Seen(OtherPage, url.AbsolutePath));
    }

    private static Uri Url(TestGateway gateway, string path) => new(gateway.BaseAddress, path);

    private static JsonObject Origins(string origin) => new() { ["origins"] = new JsonArray(origin) };

    private static void AssertUsed(ScenarioReport report, params string[] steps)
    {
        foreach (var step in steps)
        {
            Assert.Equal(step, report.Result(step).Get("text").GetString());
            Assert.InRange(report.Result(step).Get("ended").GetInt32(), 200, 204);
        }
    }

    private static void AssertKeptAway(ScenarioReport report, params string[] steps) =>
        Assert.All(steps, step => Assert.Contains("Failed to fetch", report.Error(step), StringComparison.Ordinal));

    private IEnumerable<string> Seen(string origin, string path) =>
        _requests.Entries.Where(entry => entry.Origin == origin && entry.Path == path).Select(entry => entry.ToString());

    // The issuer is there for the documents alone.
    private Task<TestGateway> StartAsync(Action<JsonNode>? server = null, params (string Key, string? Value)[] settings)
    {
        var json = GuardedGateway.Json();
        server?.Invoke(json["mcpServers"]!["test"]!);
        var all = new Dictionary<string, string?>
        {
            ["Access:ApiKeys:0:Name"] = "ada",
            ["Access:ApiKeys:0:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Access:Jwt:Issuers:0:Issuer"] = "https://issuer.test", ["Access:Jwt:Issuers:0:Audience"] = "gateway",
            ["Access:Jwt:Issuers:0:PublicKeys:0"] = new TokenKey().Pem,
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return TestGateway.StartAsync(json.ToJsonString(), all, _requests.Add);
    }
}
