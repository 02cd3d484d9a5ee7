using System.Buffers.Text;
using System.Text;
using McpGateway.Access.Authentication;

namespace McpGateway.Tests.Access.Authentication;

public sealed class TokenPeekTests
{
    private const string Header = """{"alg":"RS256","kid":"k"}""";
    private const string Payload = """{"iss":"https://issuer.example"}""";

    [Fact]
    public void Of_Token_TellsIssuerAlgorithmAndKey()
    {
        Assert.Equal(new TokenPeek("https://issuer.example", "RS256", "k"), Of(Header, Payload));
        Assert.Equal(new TokenPeek("https://issuer.example", "none", null), Of("""{"alg":"none"}""", Payload));
    }

    [Theory]
    [InlineData("""{"kid":"k"}""", Payload)]
    [InlineData("""{"alg":1}""", Payload)]
    [InlineData("""{"alg":"RS256","kid":1}""", Payload)]
    [InlineData("""{"alg":"none","alg":"RS256"}""", Payload)]
    [InlineData("""{"alg":"none","\u0061lg":"RS256"}""", Payload)]
    [InlineData("""{"alg":"RS256","crit":["b64"],"b64":false}""", Payload)]
    [InlineData("""["alg"]""", Payload)]
    [InlineData("{", Payload)]
    [InlineData("", Payload)]
    [InlineData(Header, "{}")]
    [InlineData(Header, """{"iss":["a"]}""")]
    [InlineData(Header, """{"iss":"\ud800"}""")]
    [InlineData(Header, """{"iss":"a","iss":"b"}""")]
    [InlineData(Header, "[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void Of_NoSuchToken_IsNull(string header, string payload) => Assert.Null(Of(header, payload));

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("....")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.x.x.x")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.ey=JpcyI6ImEifQ.x")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0=.x")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.x=")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.x/+~x")]
    public void Of_Garbage_IsNull(string token) => Assert.Null(TokenPeek.Of(token));

    [Fact]
    public void Of_HugeToken_IsNull() =>
        Assert.Null(TokenPeek.Of($"{Encode(Header)}.{Encode(Payload)}.{new string('x', 17_000)}"));

    private static TokenPeek? Of(string header, string payload) => TokenPeek.Of($"{Encode(header)}.{Encode(payload)}.x");

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
