using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access;

/// <summary>What browsers are told about pages of other origins.</summary>
public sealed class CorsTests : IAsyncLifetime
{
    private const string Everywhere = "https://everywhere.example";
    private const string Here = "https://here.example";
    private const string Elsewhere = "https://elsewhere.example";
    private const string Key = "mgw_0123456789abcdef0123456789abcdef";

    private TestGateway _gateway = null!;

    // The key's hash is nobody's: authentication is required, and no request here gets past it.
    public async ValueTask InitializeAsync() => _gateway = await TestGateway.StartAsync(Json([Here], ["*"]), new()
    {
        ["Access:ApiKeys:0:Name"] = "ci", ["Access:ApiKeys:0:Sha256"] = new string('0', 64),
        ["Access:Cors:Origins:0"] = Everywhere,
    });

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("test/mcp", Everywhere)]
    [InlineData("mcp", Everywhere)]
    [InlineData("test/mcp", Here)]
    [InlineData("mcp", Here)]
    [InlineData("test/sse", "http://localhost:6274")]
    [InlineData("open/mcp", Elsewhere)]
    [InlineData("open/message", "null")]
    public async Task Preflight_OfAnAllowedOrigin_IsAnsweredBeforeAuthentication(string path, string origin)
    {
        using var answer = await PreflightAsync(path, origin);
        Assert.Equal(204, answer.Status);
        Assert.Equal(origin, answer.Header("Access-Control-Allow-Origin"));
        Assert.Contains("DELETE", answer.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("mcp-session-id", answer.Header("Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("test/mcp", Elsewhere)]
    [InlineData("test/mcp", "null")]
    [InlineData("mcp", Elsewhere)]
    [InlineData("nowhere/mcp", Here)]
    public async Task Request_OfAnotherOrigin_IsForbiddenWithOrWithoutPreflight(string path, string origin)
    {
        using var preflight = await PreflightAsync(path, origin);
        Assert.Equal((403, null), (preflight.Status, preflight.Header("Access-Control-Allow-Origin")));
        using var post = await PostAsync(path, origin);
        Assert.Equal((403, null), (post.Status, post.Header("Access-Control-Allow-Origin")));
        Assert.Equal(-32000, (await post.JsonAsync()).Code());
    }

    [Fact]
    public async Task Refusal_CanBeReadByThePage()
    {
        using var answer = await PostAsync("test/mcp", Here);
        Assert.Equal((401, Here), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
        var exposed = answer.Header("Access-Control-Expose-Headers")!.Split(',').Select(name => name.Trim());
        foreach (var name in (string[])["Mcp-Session-Id", "MCP-Protocol-Version", "WWW-Authenticate", "Retry-After"])
            Assert.Contains(name, exposed);
        Assert.Contains("Origin", answer.Header("Vary"), StringComparison.Ordinal);
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Origins_ThatAreChanged_HoldForTheNextRequest()
    {
        await _gateway.RewriteAsync(Json([Elsewhere], []));
        using var added = await PreflightAsync("test/mcp", Elsewhere);
        Assert.Equal(204, added.Status);
        foreach (var path in (string[])["test/mcp", "open/mcp"])
        {
            using var removed = await PreflightAsync(path, Here);
            Assert.Equal(403, removed.Status);
        }
    }

    [Fact]
    public async Task AnyOrigin_OnAnAnonymousGateway_AllowsNone()
    {
        await using var anonymous = await TestGateway.StartAsync(Json([Here], ["*"]));
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Options, new Uri(anonymous.BaseAddress, "open/mcp"), null,
            ("Origin", Elsewhere), ("Access-Control-Request-Method", "POST"));
        Assert.Equal(403, answer.Status);
    }

    private static string Json(string[] ofTest, string[] ofOpen)
    {
        var json = GuardedGateway.Json();
        var servers = json["mcpServers"]!;
        servers["test"]!["cors"] = Origins(ofTest);
        servers["open"] = new JsonObject { ["command"] = TestGateway.TestServer, ["cors"] = Origins(ofOpen) };
        return json.ToJsonString();
    }

    private static JsonObject Origins(string[] origins) =>
        new() { ["origins"] = new JsonArray([.. origins.Select(origin => (JsonNode)origin)]) };

    private Task<Answer> PreflightAsync(string path, string origin) => TestHttp.SendAsync(
        HttpMethod.Options, new Uri(_gateway.BaseAddress, path), null, ("Origin", origin),
        ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,mcp-session-id"));

    private Task<Answer> PostAsync(string path, string origin) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(_gateway.BaseAddress, path), TestHttp.Json(Rpc.Initialize()), ("Origin", origin),
        ("Authorization", $"Bearer {Key}"));
}
