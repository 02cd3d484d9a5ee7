using System.Security.Cryptography;
using System.Text;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions;

namespace McpGateway.FunctionalTests.Access;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private const string Key = "mgw_0123456789abcdef0123456789abcdef";
    private const string Other = "mgw_fedcba9876543210fedcba9876543210";

    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await TestGateway.StartAsync(
        GuardedGateway.Json("test:use").ToJsonString(),
        new()
        {
            ["Access:ApiKeys:0:Name"] = "ci", ["Access:ApiKeys:0:Sha256"] = Hash(Key), ["Access:ApiKeys:0:Scopes:0"] = "test:use",
            ["Access:ApiKeys:1:Name"] = "guest", ["Access:ApiKeys:1:Sha256"] = Hash(Other),
        });

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Key_InEitherHeader_IsLetIn()
    {
        Assert.Equal(200, await StatusAsync("test/mcp", ("X-API-Key", Key)));
        Assert.Equal(200, await StatusAsync("test/mcp", ("Authorization", $"Bearer {Key}")));
        Assert.Equal(200, await StatusAsync("other/mcp", ("X-API-Key", Other)));
    }

    [Fact]
    public async Task Key_Wrong_Is401AndSaysNothingOfIssuers()
    {
        Assert.Equal(401, await StatusAsync("test/mcp", ("X-API-Key", Key + "x")));
        Assert.Equal(401, await StatusAsync("test/mcp", ("Authorization", $"Bearer {Key}x")));
        Assert.Equal(401, await StatusAsync("test/mcp", ("X-API-Key", "")));
        using var none = await SendAsync("test/mcp");
        Assert.Equal(401, none.Status);
        Assert.Equal("Bearer scope=\"test:use\"", none.Header("WWW-Authenticate")); // there is no issuer to ask
        using var document = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(_gateway.BaseAddress, ".well-known/oauth-protected-resource/test/mcp"));
        Assert.Equal(404, document.Status);
    }

    [Fact]
    public async Task Key_WithoutTheScope_Is403() => Assert.Equal(403, await StatusAsync("test/mcp", ("X-API-Key", Other)));

    [Fact]
    public async Task Credentials_Two_Are400()
    {
        Assert.Equal(400, await StatusAsync("test/mcp", ("X-API-Key", Key), ("Authorization", $"Bearer {Key}")));
        Assert.Equal(400, await StatusAsync($"test/mcp?access_token={Key}", ("X-API-Key", Key)));
    }

    [Fact]
    public async Task Session_OfAnotherKey_IsNotFound()
    {
        await using var mine = await StreamableClient.ConnectAsync(_gateway, "other/mcp", user: $"Bearer {Key}");
        var thief = new StreamableClient(new Uri(_gateway.BaseAddress, "other/mcp"))
            { SessionId = mine.SessionId, User = $"Bearer {Other}" };
        Assert.Equal(404, await thief.DeleteAsync());
    }

    [Fact]
    public async Task Refused_PostToSse_HasNoBody()
    {
        using var answer = await SendAsync("test/sse");
        Assert.Equal((401, ""), (answer.Status, await answer.BodyAsync()));
    }

    [Fact]
    public async Task Health_NeedsNoKey()
    {
        using var answer = await TestHttp.SendAsync(HttpMethod.Get, new Uri(_gateway.BaseAddress, "health"));
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("test/")]
    [InlineData("test/message")]
    [InlineData("test/mcp/anything")]
    [InlineData("TEST/mcp")]
    [InlineData("mcp")]
    [InlineData("message?sessionId=x")]
    [InlineData("//test/mcp")]
    [InlineData("test//mcp")]
    public async Task EveryPathOfAServer_NeedsAKey(string path)
    {
        Assert.True(await StatusAsync(path) is 401 or 404);
        using var get = await TestHttp.SendAsync(HttpMethod.Get, new Uri(_gateway.BaseAddress.OriginalString + path), null,
            ("Accept", "text/event-stream"));
        Assert.True(get.Status is 401 or 404);
    }

    private static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private async Task<int> StatusAsync(string path, params (string, string)[] headers)
    {
        using var answer = await SendAsync(path, headers);
        return answer.Status;
    }

    private Task<Answer> SendAsync(string path, params (string, string)[] headers) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(_gateway.BaseAddress.OriginalString + path), TestHttp.Json(Rpc.Initialize()),
        [("Accept", "application/json, text/event-stream"), .. headers]);
}
