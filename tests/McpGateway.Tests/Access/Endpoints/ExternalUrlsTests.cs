using McpGateway.Access.Endpoints;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Access.Endpoints;

public sealed class ExternalUrlsTests : IAsyncDisposable
{
    private const string Json =
        """{ "default": "one", "mcpServers": { "one": { "command": "x" }, "two": { "command": "x" } } }""";

    private readonly AccessFixture _access = new(Json);

    public ValueTask DisposeAsync() => _access.DisposeAsync();

    [Theory]
    [InlineData("https://mcp.example.com/one/mcp", "one")]
    [InlineData("https://mcp.example.com/one/mcp/", "one")]
    [InlineData("https://mcp.example.com/one/sse", "one")]
    [InlineData("https://mcp.example.com/one/message", "one")]
    [InlineData("https://mcp.example.com/mcp", "one")]
    [InlineData("https://mcp.example.com", "one")]
    [InlineData("https://mcp.example.com/", "one")]
    [InlineData("https://mcp.example.com/two/mcp", "two")]
    public void IsOf_AnEndpointsUrl_IsItsServersAlone(string url, string server)
    {
        _access.Configure(("Access:PublicUrl", "https://mcp.example.com/"));
        var urls = _access.Get<ExternalUrls>();
        Assert.Equal(server is "one", urls.IsOf("one", url));
        Assert.Equal(server is "two", urls.IsOf("two", url));
    }

    [Theory]
    [InlineData("https://mcp.example.com.evil.example/one/mcp")]
    [InlineData("https://mcp.example.comone/mcp")]
    [InlineData("http://mcp.example.com/one/mcp")]
    [InlineData("https://mcp.example.com:8443/one/mcp")]
    [InlineData("https://mcp.example.com//one/mcp")]
    [InlineData("https://mcp.example.com/one/mcp//")]
    [InlineData("https://mcp.example.com/one")]
    [InlineData("https://mcp.example.com/ONE/mcp")]
    [InlineData("https://mcp.example.com/one/mcp?x")]
    [InlineData("https://mcp.example.com/three/mcp")]
    [InlineData("/one/mcp")]
    [InlineData("")]
    public void IsOf_OtherUrls_AreNobodys(string url)
    {
        _access.Configure(("Access:PublicUrl", "https://mcp.example.com"));
        Assert.False(_access.Get<ExternalUrls>().IsOf("one", url));
        Assert.False(_access.Get<ExternalUrls>().IsOf("two", url));
    }

    [Fact]
    public void IsOf_WithoutPublicUrl_IsNever() =>
        Assert.False(_access.Get<ExternalUrls>().IsOf("one", "http://localhost:8000/one/mcp"));
}
