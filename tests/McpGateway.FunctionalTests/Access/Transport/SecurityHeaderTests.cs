using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access.Transport;

public sealed class SecurityHeaderTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("GET", "health", 200)]
    [InlineData("GET", "nowhere", 404)]
    [InlineData("GET", "test/message", 405)]
    [InlineData("POST", "test/message", 200)]
    [InlineData("GET", "test/sse", 200)]
    [InlineData("GET", ".well-known/oauth-protected-resource", 404)]
    public async Task Response_OfAnyKind_HasThem(string method, string path, int status)
    {
        using var answer = await SendAsync(method, path);
        Assert.Equal(status, answer.Status);
        AssertSafe(answer);
        Assert.Contains(path is "test/sse" ? "no-cache" : "no-store", answer.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_OfTheGuard_HasThem()
    {
        using var answer = await SendAsync("POST", "test/message", ("Origin", "https://evil.example"));
        Assert.Equal(403, answer.Status);
        AssertSafe(answer);
    }

    private static void AssertSafe(Answer answer)
    {
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        Assert.Contains("frame-ancestors 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    private Task<Answer> SendAsync(string method, string path, params (string, string)[] headers) => TestHttp.SendAsync(
        new HttpMethod(method), new Uri(shared.Gateway.BaseAddress, path),
        method is "POST" ? TestHttp.Json(Rpc.Request("1", "ping")) : null, headers);
}
