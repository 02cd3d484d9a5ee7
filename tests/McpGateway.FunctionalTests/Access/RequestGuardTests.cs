using System.Net;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access;

public sealed class RequestGuardTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("Host", "evil.example", "Access:AllowedHosts")]
    [InlineData("Host", "localhost.evil.example", "Access:AllowedHosts")]
    [InlineData("Origin", "https://evil.example", "Access:Cors:Origins")]
    [InlineData("Origin", "http://localhost.evil.example", "Access:Cors:Origins")]
    [InlineData("Origin", "null", "Access:Cors:Origins")]
    [InlineData("Origin", "file://localhost", "Access:Cors:Origins")]
    [InlineData("X-Forwarded-For", "1.2.3.4", "Access")]
    [InlineData("X-Forwarded-Host", "localhost", "Access")]
    [InlineData("x-forwarded-anything", "1", "Access")]
    [InlineData("Forwarded", "for=1.2.3.4", "Access")]
    [InlineData("X-Real-IP", "1.2.3.4", "Access")]
    [InlineData("Via", "1.1 proxy", "Access")]
    public async Task Request_FromWhereNoneShouldCome_IsForbiddenAndSaysWhatToSet(string header, string value, string setting)
    {
        foreach (var path in (string[])["test/mcp", "test/sse", "test/message", "message", "nowhere/mcp", ""])
        {
            using var answer = await PostAsync(path, (header, value));

            var error = await answer.JsonAsync();
            Assert.Equal((403, -32000), (answer.Status, error.Code()));
            Assert.Contains(setting, error.ErrorMessage(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Origin", "http://localhost:3000")]
    [InlineData("Origin", "https://127.0.0.1")]
    [InlineData("Origin", "http://[::1]:8080")]
    [InlineData("Host", "localhost")]
    [InlineData("Host", "LOCALHOST:1234")]
    [InlineData("Host", "[::1]:8000")]
    public async Task Request_FromThisMachine_IsAllowed(string header, string value)
    {
        using var answer = await PostAsync("test/message", (header, value));
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Request_OfHttp10_AsNginxSendsItOnWithNoHeaderAdded_IsForbidden()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(shared.Gateway.BaseAddress, "test/message"))
        {
            Version = HttpVersion.Version10, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = TestHttp.Json(Rpc.Request("1", "ping")),
        };
        using var answer = await client.SendAsync(request, TestHttp.Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("through a proxy", await answer.Content.ReadAsStringAsync(TestHttp.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_ThatIsConfigured_IsAllowed()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            settings: new() { ["Access:Cors:Origins:0"] = "https://app.example", ["Access:AllowedHosts:3"] = "mcp.example" });
        var uri = new Uri(gateway.BaseAddress, "test/message");

        using var answer = await TestHttp.SendAsync(HttpMethod.Post, uri, TestHttp.Json(Rpc.Request("1", "ping")),
            ("Origin", "https://app.example"), ("Host", "mcp.example"));

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Health_WithAnyHost_Answers()
    {
        var uri = new Uri(shared.Gateway.BaseAddress, "health");
        using var answer = await TestHttp.SendAsync(HttpMethod.Get, uri, null, ("Host", "10.0.0.7:8000"));

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"status\"", await answer.BodyAsync(), StringComparison.Ordinal);
    }

    private Task<Answer> PostAsync(string path, (string, string) header) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(shared.Gateway.BaseAddress, path), TestHttp.Json(Rpc.Request("1", "ping")), header);
}
