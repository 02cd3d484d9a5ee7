using McpGateway.Backends.Remote;

namespace McpGateway.Tests.Backends.Remote;

public sealed class UpstreamEndpointTests
{
    private static readonly Uri Stream = new("https://up.test:8443/deep/sse?key=1");

    [Theory]
    [InlineData("/messages?id=1", "https://up.test:8443/messages?id=1")]
    [InlineData("messages?id=1", "https://up.test:8443/deep/messages?id=1")]
    [InlineData("?id=1", "https://up.test:8443/deep/sse?id=1")]
    [InlineData("https://up.test:8443/m", "https://up.test:8443/m")]
    [InlineData("https://UP.test:8443/m#x", "https://up.test:8443/m")]
    [InlineData("https://up.test:8443//evil.test/m", "https://up.test:8443//evil.test/m")]
    public void Endpoint_OfItsOrigin_IsCalledThere(string endpoint, string called) =>
        Assert.Equal(called, UpstreamEndpoint.At(Stream, UpstreamEndpoint.Resolve(Stream, endpoint)!).AbsoluteUri);

    [Theory]
    [InlineData("http://up.test:8443/m")]
    [InlineData("https://up.test/m")]
    [InlineData("https://evil.test:8443/m")]
    [InlineData("//evil.test:8443/m")]
    [InlineData("\\\\evil.test:8443\\m")]
    [InlineData("https://up.test:8443@evil.test/m")]
    [InlineData("https://user@up.test:8443/m")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://")]
    public void Endpoint_OfAnotherOrigin_IsNone(string endpoint) => Assert.Null(UpstreamEndpoint.Resolve(Stream, endpoint));

    [Fact]
    public void Endpoint_LongerThanIsSealed_IsNone() =>
        Assert.Null(UpstreamEndpoint.Resolve(Stream, "/" + new string('x', 2048)));
}
