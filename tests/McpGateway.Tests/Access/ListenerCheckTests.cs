using McpGateway.Access;

namespace McpGateway.Tests.Access;

public sealed class ListenerCheckTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("http://127.9.9.9:8000")]
    [InlineData("http://localhost:8000")]
    [InlineData("https://LOCALHOST")]
    [InlineData("http://[::1]:8000")]
    [InlineData("http://[::ffff:127.0.0.1]:8000")]
    public void Check_Loopback_MayStart(string url) => Assert.Null(ListenerCheck.Check([url], anonymous: null));

    [Theory]
    [InlineData("http://0.0.0.0:8000")]
    [InlineData("http://[::]:8000")]
    [InlineData("http://*:8000")]
    [InlineData("http://+:8000")]
    [InlineData("http://192.168.1.5:8000")]
    [InlineData("http://example.com:8000")]
    [InlineData("http://localhost.example.com:8000")]
    [InlineData("http://127.0.0.1.example.com")]
    [InlineData("nonsense")]
    public void Check_ElseWhere_NamesTheUrlAndTheSetting(string url)
    {
        var refusal = ListenerCheck.Check(["http://127.0.0.1:8000", url], anonymous: null);
        Assert.Contains(url, refusal, StringComparison.Ordinal);
        Assert.Contains("Access:Anonymous", refusal, StringComparison.Ordinal);
        Assert.NotNull(ListenerCheck.Check([url], anonymous: false));
        Assert.Null(ListenerCheck.Check([url], anonymous: true));
    }
}
