using McpGateway.Access;
using McpGateway.Configuration;

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
    public void Check_Loopback_MayStart(string url) => Assert.Null(ListenerCheck.Check([url], new AccessOptions()));

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
        var refusal = ListenerCheck.Check(["http://127.0.0.1:8000", url], new AccessOptions());
        Assert.Contains(url, refusal, StringComparison.Ordinal);
        Assert.Contains("Access:Anonymous", refusal, StringComparison.Ordinal);
        Assert.Contains("Access:Jwt:Issuers", refusal, StringComparison.Ordinal);
        Assert.Contains("Access:ApiKeys", refusal, StringComparison.Ordinal);
        Assert.NotNull(ListenerCheck.Check([url], new AccessOptions { Anonymous = false }));
        Assert.Null(ListenerCheck.Check([url], new AccessOptions { Anonymous = true }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void Check_AuthenticationConfigured_MayListenAnywhere(bool? anonymous)
    {
        var withKey = new AccessOptions { Anonymous = anonymous, ApiKeys = [new ApiKeyOptions()] };
        var withIssuer = new AccessOptions { Anonymous = anonymous, Jwt = new JwtOptions { Issuers = [new JwtIssuerOptions()] } };
        Assert.Null(ListenerCheck.Check(["http://0.0.0.0:8000"], withKey));
        Assert.Null(ListenerCheck.Check(["http://0.0.0.0:8000"], withIssuer));
    }

    [Fact]
    public void Check_RequiredButNotConfigured_RefusesLoopbackToo() => Assert.Contains(
        "Access:Jwt:Issuers", ListenerCheck.Check(["http://127.0.0.1:8000"], new AccessOptions { Anonymous = false }),
        StringComparison.Ordinal);
}
