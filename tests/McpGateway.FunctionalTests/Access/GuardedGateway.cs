using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace McpGateway.FunctionalTests.Access;

/// <summary>
/// A gateway that trusts one issuer, with two servers: <c>test</c>, the default, needs the scope test:use; <c>other</c>
/// needs none.
/// </summary>
internal sealed class GuardedGateway : IAsyncDisposable
{
    public const string PublicUrl = "https://mcp.test";

    /// <summary>The audience that the issuer is configured with.</summary>
    public const string Audience = "https://gateway.test";

    /// <summary>The audience that is one server's URL.</summary>
    public const string TestResource = PublicUrl + "/test/mcp";

    private GuardedGateway(TestGateway gateway) => Gateway = gateway;

    public TestGateway Gateway { get; }

    public static async Task<GuardedGateway> StartAsync(
        Issuer issuer, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? adjust = null,
        string[]? scopes = null, JsonObject? json = null, string urls = "http://127.0.0.1:0")
    {
        var all = new Dictionary<string, string?>
        {
            ["Access:PublicUrl"] = PublicUrl,
            ["Access:Jwt:KeyFetchInterval"] = "00:00:01",
            ["Access:Jwt:Issuers:0:Issuer"] = issuer.Name,
            ["Access:Jwt:Issuers:0:Authority"] = issuer.Name,
            ["Access:Jwt:Issuers:0:Audience"] = Audience,
        };
        foreach (var (key, value) in settings ?? [])
            all[key] = value;
        return new GuardedGateway(await TestGateway.StartAsync(
            (json ?? Json(scopes ?? ["test:use"])).ToJsonString(), all, adjust, urls));
    }

    /// <summary>The gateway.json.</summary>
    public static JsonObject Json(params string[] scopes)
    {
        var test = new JsonObject
        {
            ["command"] = TestGateway.TestServer,
            ["auth"] = new JsonObject { ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]) },
        };
        return new JsonObject
        {
            ["default"] = "test",
            ["mcpServers"] = new JsonObject
            {
                ["test"] = test, ["other"] = new JsonObject { ["command"] = TestGateway.TestServer },
            },
        };
    }

    /// <summary>POSTs initialize, with these headers.</summary>
    public Task<Answer> InitializeAsync(string path, params (string, string)[] headers) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(Gateway.BaseAddress, path), TestHttp.Json(Rpc.Initialize()),
        [("Accept", "application/json, text/event-stream"), .. headers]);

    public Task<Answer> InitializeWithAsync(string token) => InitializeAsync("test/mcp", ("Authorization", $"Bearer {token}"));

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
