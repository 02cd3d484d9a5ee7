using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.Cli;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions;
using Microsoft.Extensions.Configuration;

namespace McpGateway.FunctionalTests.Access;

/// <summary>Each source of an issuer's keys, and that none is taken for another's.</summary>
public sealed class KeySourceTests : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private LocalIssuer _issuer = null!;

    public async ValueTask InitializeAsync() => _issuer = await LocalIssuer.StartAsync();

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    [Fact]
    public async Task JwksUrl_ItsKeys_AreTaken()
    {
        await using var gateway = await StartAsync(("Issuer", "https://one.test"), ("JwksUrl", _issuer.Name + "/keys"));
        Assert.Equal(200, await SendAsync(gateway, _issuer.Key.Sign(Claims("https://one.test"))));
        Assert.Equal(401, await SendAsync(gateway, _issuer.Key.Sign(Claims(_issuer.Name))));
    }

    [Fact]
    public async Task JwksFile_ItsKeys_AreTaken()
    {
        var (key, other) = (new TokenKey(), new TokenKey());
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, TokenKey.Set(key.Public), TestHttp.Token);
        await using var gateway = await StartAsync(("Issuer", "https://one.test"), ("JwksFile", file));
        File.Delete(file);
        Assert.Equal(200, await SendAsync(gateway, key.Sign(Claims("https://one.test"))));
        Assert.Equal(401, await SendAsync(gateway, other.Sign(Claims("https://one.test"))));
    }

    [Fact]
    public async Task JwksFile_TokenThatNamesNoKey_IsCheckedWithEach()
    {
        var (one, two, other) = (new TokenKey(), new TokenKey(), new TokenKey());
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, TokenKey.Set(one.Public, two.Public), TestHttp.Token);
        await using var gateway = await StartAsync(("Issuer", "https://one.test"), ("JwksFile", file));
        File.Delete(file);
        Assert.Equal(200, await SendAsync(gateway, one.SignNameless(Claims("https://one.test"))));
        Assert.Equal(200, await SendAsync(gateway, two.SignNameless(Claims("https://one.test"))));
        Assert.Equal(401, await SendAsync(gateway, other.SignNameless(Claims("https://one.test"))));
    }

    [Fact]
    public async Task PublicKeys_Several_AreEachTaken()
    {
        var (one, two, other) = (new TokenKey(), new TokenKey(), new TokenKey());
        await using var gateway = await StartAsync(("Issuer", "https://one.test"), ("PublicKeys:0", one.Pem),
            ("PublicKeys:1", two.Pem));
        Assert.Equal(200, await SendAsync(gateway, one.Sign(Claims("https://one.test"))));
        Assert.Equal(200, await SendAsync(gateway, two.Sign(Claims("https://one.test"))));
        Assert.Equal(401, await SendAsync(gateway, other.Sign(Claims("https://one.test"))));
        var confused = TokenKey.SignWithSecret(new JsonObject { ["alg"] = "HS256" }, Claims("https://one.test"),
            Encoding.UTF8.GetBytes(one.Pem));
        Assert.Equal(401, await SendAsync(gateway, confused));
    }

    [Fact]
    public async Task EllipticKey_Es256_IsTakenWhereItIsAllowed()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = Sign(new JsonObject { ["alg"] = "ES256" }, Claims("https://one.test"),
            bytes => curve.SignData(bytes, HashAlgorithmName.SHA256));
        await using (var gateway = await StartAsync(("Issuer", "https://one.test"),
            ("PublicKeys:0", curve.ExportSubjectPublicKeyInfoPem())))
            Assert.Equal(200, await SendAsync(gateway, token));
        await using var narrow = await StartAsync(
            ("Issuer", "https://one.test"), ("PublicKeys:0", curve.ExportSubjectPublicKeyInfoPem()), ("Algorithms:0", "RS256"));
        Assert.Equal(401, await SendAsync(narrow, token));
    }

    [Fact]
    public async Task SharedSecret_TokensOfTheCommand_AreTaken()
    {
        await using var gateway = await StartAsync(("Issuer", "trial"), ("SharedSecret", Secret));
        Assert.Equal(200, await SendAsync(gateway, Make("--scope", "test:use")));
        Assert.Equal(403, await SendAsync(gateway, Make()));
        Assert.Equal(401, await SendAsync(gateway, Make("--scope", "test:use", "--audience", "elsewhere")));
        var wrong = TokenKey.SignWithSecret(
            new JsonObject { ["alg"] = "HS256" }, Claims("trial"), Encoding.UTF8.GetBytes(Secret.ToUpperInvariant()));
        Assert.Equal(401, await SendAsync(gateway, wrong));
    }

    [Fact]
    public async Task FrameworksOwnSettings_TrustNobody()
    {
        const string Other = "another-secret-0123456789abcdef0123456789abcdef";
        await using var gateway = await GuardedAsync(new()
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "trial", ["Access:Jwt:Issuers:0:Audience"] = "a",
            ["Access:Jwt:Issuers:0:SharedSecret"] = Secret,
            // As JwtBearer reads them by itself, and `dotnet user-jwts` writes them.
            ["Authentication:Schemes:Bearer:ValidIssuer"] = "trial", ["Authentication:Schemes:Bearer:ValidAudience"] = "a",
            ["Authentication:Schemes:Bearer:SigningKeys:0:Issuer"] = "trial",
            ["Authentication:Schemes:Bearer:SigningKeys:0:Value"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Other)),
        });
        var header = new JsonObject { ["alg"] = "HS256" };
        Assert.Equal(401,
            await SendAsync(gateway, TokenKey.SignWithSecret(header, Claims("trial"), Encoding.UTF8.GetBytes(Other))));
        Assert.Equal(200, await SendAsync(gateway, Make("--scope", "test:use")));
    }

    [Fact]
    public async Task Issuers_Two_AreNotTakenForEachOther()
    {
        var (one, two) = (new TokenKey("same"), new TokenKey("same"));
        await using var gateway = await GuardedAsync(new()
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "https://one.test", ["Access:Jwt:Issuers:0:Audience"] = "a",
            ["Access:Jwt:Issuers:0:PublicKeys:0"] = one.Pem,
            ["Access:Jwt:Issuers:1:Issuer"] = "https://two.test", ["Access:Jwt:Issuers:1:Audience"] = "b",
            ["Access:Jwt:Issuers:1:PublicKeys:0"] = two.Pem,
        });
        Assert.Equal(200, await SendAsync(gateway, one.Sign(Claims("https://one.test", "a"))));
        Assert.Equal(200, await SendAsync(gateway, two.Sign(Claims("https://two.test", "b"))));
        Assert.Equal(401, await SendAsync(gateway, two.Sign(Claims("https://one.test", "a")))); // the other's key
        Assert.Equal(401, await SendAsync(gateway, one.Sign(Claims("https://one.test", "b")))); // the other's audience

        // The same subject of another issuer is another user.
        await using var mine = await StreamableClient.ConnectAsync(gateway,
            user: $"Bearer {one.Sign(Claims("https://one.test", "a"))}");
        var thief = new StreamableClient(new Uri(gateway.BaseAddress, "test/mcp"))
        {
            SessionId = mine.SessionId, User = $"Bearer {two.Sign(Claims("https://two.test", "b"))}",
        };
        Assert.Equal(404, await thief.DeleteAsync());
    }

    [Theory]
    [InlineData("scope", """["x","test:use"]""")]
    [InlineData("scp", "\"x test:use\"")]
    [InlineData("scp", """["test:use"]""")]
    public async Task Scopes_UnderEitherNameAndInEitherForm_AreTaken(string name, string value)
    {
        var key = new TokenKey();
        await using var gateway = await StartAsync(("Issuer", "https://one.test"), ("PublicKeys:0", key.Pem));
        var claims = Claims("https://one.test");
        claims.Remove("scope");
        Assert.Equal(403, await SendAsync(gateway, key.Sign((JsonObject)claims.DeepClone())));
        claims[name] = JsonNode.Parse(value);
        Assert.Equal(200, await SendAsync(gateway, key.Sign(claims)));
    }

    [Fact]
    public async Task Audience_AmongOthers_IsTaken()
    {
        var key = new TokenKey();
        await using var gateway = await StartAsync(("Issuer", "https://one.test"), ("PublicKeys:0", key.Pem));
        var claims = Claims("https://one.test");
        claims["aud"] = new JsonArray("https://elsewhere.test", "a");
        Assert.Equal(200, await SendAsync(gateway, key.Sign(claims)));
    }

    private static string Make(params string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Access:Jwt:Issuers:0:Issuer"] = "trial", ["Access:Jwt:Issuers:0:Audience"] = "a",
            ["Access:Jwt:Issuers:0:SharedSecret"] = Secret,
        }).Build();
        using var output = new StringWriter();
        Assert.Equal(0, new RootCommand { TokenCommand.Create(() => settings, TimeProvider.System) }
            .Parse(["token", "jwt", .. arguments]).Invoke(new InvocationConfiguration { Output = output }));
        return output.ToString().Trim();
    }

    private static string Sign(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign)
    {
        var unsigned = TokenKey.Unsigned(header, claims).TrimEnd('.');
        return $"{unsigned}.{System.Buffers.Text.Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(unsigned)))}";
    }

    private static async Task<int> SendAsync(TestGateway gateway, string token)
    {
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, "test/mcp"), TestHttp.Json(Rpc.Initialize()),
            ("Accept", "application/json, text/event-stream"), ("Authorization", $"Bearer {token}"));
        return answer.Status;
    }

    private static Task<TestGateway> StartAsync(params (string Key, string? Value)[] issuer) => GuardedAsync(
        issuer.Append(("Audience", "a"))
            .ToDictionary(setting => $"Access:Jwt:Issuers:0:{setting.Item1}", setting => setting.Item2));

    private static Task<TestGateway> GuardedAsync(Dictionary<string, string?> settings) =>
        TestGateway.StartAsync(GuardedGateway.Json("test:use").ToJsonString(), settings);

    private JsonObject Claims(string issuer, string audience = "a")
    {
        var claims = _issuer.Claims("alice", audience, "test:use");
        claims["iss"] = issuer;
        return claims;
    }
}
