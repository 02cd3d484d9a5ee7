using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Access.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Tests.Access.Authentication;

/// <summary>What JwtBearer, as it is set up here, makes of a token.</summary>
public sealed class ExactTokenHandlerTests : IAsyncDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly AccessFixture _access = new();

    public ExactTokenHandlerTests() => _access.Configure(
        ("Access:Jwt:Issuers:0:Issuer", "trial"), ("Access:Jwt:Issuers:0:Audience", "a"),
        ("Access:Jwt:Issuers:0:SharedSecret", Secret));

    public ValueTask DisposeAsync() => _access.DisposeAsync();

    [Theory]
    [InlineData("\"x\"", "x")]
    [InlineData("\"\"", "")]
    [InlineData("\"2020-01-01T00:00:00Z\"", "2020-01-01T00:00:00Z")]
    [InlineData("\"\\u0041\"", "A")]
    [InlineData("7", "7")]
    [InlineData("7.0", "7.0")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("18446744073709551614", "18446744073709551614")]
    [InlineData("true", "true")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[\"x\", 1, null, false]", "x", "1", "false")]
    [InlineData("[[\"x\"], {\"x\": 1}]", "[\"x\"]", "{\"x\": 1}")]
    [InlineData("{\"x\":[1]}", "{\"x\":[1]}")]
    public async Task Claim_HasTheTextsOfTheToken(string json, params string[] texts)
    {
        var result = await ValidateAsync($$"""{"iss":"trial","sub":"alice","exp":1900000000,"t":{{json}}}""");
        Assert.True(result.IsValid);
        Assert.Equal(texts, result.ClaimsIdentity.Claims.Where(claim => claim.Type == "t").Select(claim => claim.Value));
    }

    [Theory]
    [InlineData("12345678901234567890", "12345678901234567891")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567891")]
    [InlineData("9007199254740992.0", "9007199254740993.0")]
    [InlineData("\"a\\u0000\"", "\"a\"")]
    [InlineData("\"2020-01-01T00:00:00Z\"", "\"2020-01-01T01:00:00+01:00\"")]
    public async Task Subjects_ThatDiffer_AreTwoCallers(string one, string other) =>
        Assert.NotEqual(await SubjectAsync(one), await SubjectAsync(other));

    [Fact]
    public async Task Claims_OfNamesThatDifferInCase_AreTold()
    {
        var result = await ValidateAsync(
            """{"ISS":"apikey","iss":"trial","SUB":"bob","sub":"alice","EXP":1,"exp":1900000000,"AUD":"b"}""");
        var caller = CallerClaims.Of(new(result.ClaimsIdentity))!;
        Assert.Equal(("trial", "alice"), (caller.FindFirst("iss")!.Value, caller.FindFirst("sub")!.Value));
        Assert.Empty(caller.FindAll("aud"));
    }

    [Theory]
    [InlineData("""{"iss":"trial","sub":"alice"}""")]
    [InlineData("""{"iss":"trial","sub":"alice","EXP":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":null}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":true}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":"never"}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":"2040-01-01T00:00:00Z"}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":[1900000000]}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":{}}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1e400}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":99999999999999999999}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1900000000,"nbf":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1900000000,"nbf":1900000000.5}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1900000000,"nbf":"1900000000"}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1900000000,"nbf":"tomorrow"}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1900000000,"nbf":[1]}""")]
    [InlineData("""{"ISS":"trial","sub":"alice","exp":1900000000}""")]
    [InlineData("""{"iss":"Trial","sub":"alice","exp":1900000000}""")]
    [InlineData("""{"iss":["trial"],"sub":"alice","exp":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":["alice"],"exp":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":{"alice":1},"exp":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":true,"exp":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":"alice","aud":[{"a":1}],"exp":1900000000}""")]
    public async Task Token_WithARegisteredClaimThatIsNone_IsRefused(string payload) =>
        Assert.False((await ValidateAsync(payload)).IsValid);

    [Theory]
    [InlineData("""{"iss":"trial","sub":"alice","sub":"bob","exp":1900000000}""")]
    [InlineData("""{"iss":"trial","sub":"alice","exp":1900000000,"t":["\ud800"]}""")]
    public async Task Token_WhoseClaimsCannotBeTold_HasNone(string payload)
    {
        var result = await ValidateAsync(payload);
        Assert.ThrowsAny<Exception>(() => result.ClaimsIdentity);
    }

    [Theory]
    [InlineData("HS256", 32)]
    [InlineData("HS384", 48)]
    [InlineData("HS512", 64)]
    public async Task Token_OfAnAlgorithmForSecrets_IsTakenWithTheShortestSecret(string algorithm, int bytes)
    {
        _access.Configure(("Access:Jwt:Issuers:0:SharedSecret", Secret[..bytes]),
            ("Access:Jwt:Issuers:0:Algorithms:0", algorithm));
        Assert.True((await ValidateAsync("""{"iss":"trial","sub":"alice","exp":1900000000}""", algorithm, bytes)).IsValid);
    }

    private async Task<string?> SubjectAsync(string json)
    {
        var result = await ValidateAsync($$"""{"iss":"trial","sub":{{json}},"exp":1900000000}""");
        return CallerClaims.Of(new(result.ClaimsIdentity))!.FindFirst(CallerClaims.Subject)!.Value;
    }

    private Task<TokenValidationResult> ValidateAsync(string payload, string algorithm = "HS256", int bytes = 64)
    {
        var options = _access.Get<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);
        var header = Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}"}"""));
        var signed = $"{header}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        var (key, text) = (Encoding.UTF8.GetBytes(Secret[..bytes]), Encoding.ASCII.GetBytes(signed));
        var signature = algorithm switch
        {
            "HS384" => HMACSHA384.HashData(key, text), "HS512" => HMACSHA512.HashData(key, text),
            _ => HMACSHA256.HashData(key, text),
        };
        return Assert.Single(options.TokenHandlers)
            .ValidateTokenAsync($"{signed}.{Encode(signature)}", options.TokenValidationParameters);
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
