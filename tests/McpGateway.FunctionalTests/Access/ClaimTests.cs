using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions;

namespace McpGateway.FunctionalTests.Access;

/// <summary>A server that is for callers with certain claims.</summary>
public sealed class ClaimTests : IAsyncLifetime
{
    private LocalIssuer _issuer = null!;
    private GuardedGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await LocalIssuer.StartAsync();
        var json = GuardedGateway.Json("test:use");
        json["mcpServers"]!["other"]!["auth"] = JsonNode.Parse(
            """{ "claims": { "groups": ["staff", "admins"], "tenant": ["7", "18446744073709551615"] } }""");
        _gateway = await GuardedGateway.StartAsync(_issuer, json: json);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Theory]
    [InlineData("""{ "groups": "staff", "tenant": 7 }""", 200)]
    [InlineData("""{ "groups": ["guests", "admins"], "tenant": "7" }""", 200)]
    [InlineData("""{ "groups": ["guests"], "tenant": "7" }""", 403)]
    [InlineData("""{ "groups": ["Staff"], "tenant": "7" }""", 403)]
    [InlineData("""{ "groups": "staff admins", "tenant": "7" }""", 403)]
    [InlineData("""{ "groups": { "staff": true }, "tenant": "7" }""", 403)]
    [InlineData("""{ "groups": [["staff"]], "tenant": "7" }""", 403)]
    [InlineData("""{ "groups": "staff" }""", 403)]
    [InlineData("""{ "Groups": "staff", "tenant": "7" }""", 403)]
    [InlineData("""{ "Groups": "guests", "groups": "staff", "TENANT": "8", "tenant": "7" }""", 200)]
    [InlineData("{}", 403)]
    public async Task Claims_OfAToken_DecideAndAreNoneThatAClientCouldAskFor(string claims, int status)
    {
        using var answer = await _gateway.InitializeAsync("other/mcp", ("Authorization", $"Bearer {TokenWith(claims)}"));
        Assert.Equal(status, answer.Status);
        if (status is 200)
            return;
        Assert.Equal(-32001, (await answer.JsonAsync()).Code());
        Assert.Null(answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Claim_ThatIsCalledLikeAnotherButForCase_SpeaksForNobodyElse()
    {
        const string Key = "mgw_0123456789abcdef0123456789abcdef";
        await using var gateway = await GuardedGateway.StartAsync(_issuer, scopes: [], settings: new()
        {
            ["Access:ApiKeys:0:Name"] = "alice",
            ["Access:ApiKeys:0:Sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
        });
        await using var client = await StreamableClient.ConnectAsync(gateway.Gateway, user: $"Bearer {Key}");
        foreach (var name in new[] { "ISS", "Iss" })
        {
            var claims = _issuer.Claims("alice", GuardedGateway.Audience);
            claims.Insert(0, name, "apikey");
            var thief = new StreamableClient(new Uri(gateway.Gateway.BaseAddress, "test/mcp"))
            {
                User = $"Bearer {_issuer.Key.Sign(claims)}", SessionId = client.SessionId, Version = client.Version,
            };
            using var answer = await thief.PostAsync(Rpc.Request("7", "ping"));
            Assert.Equal(404, answer.Status);
        }
    }

    [Theory]
    [InlineData("\"groups\": [\"staff\", \"\\ud800\"], \"tenant\": 7", 401)] // half a character
    [InlineData("\"groups\": \"staff\", \"tenant\": 7, \"tenant\": 8", 401)]
    [InlineData("\"groups\": \"staff\", \"tenant\": 18446744073709551615", 200)]
    [InlineData("\"groups\": \"staff\", \"tenant\": 18446744073709551614", 403)]
    public async Task Claims_ThatLibrariesRoundOrCannotTell_AreExactOrRefused(string claims, int status)
    {
        var known = _issuer.Claims("alice", GuardedGateway.Audience).ToJsonString();
        var token = _issuer.Key.SignText($"{known[..^1]},{claims}}}");
        using var answer = await _gateway.InitializeAsync("other/mcp", ("Authorization", $"Bearer {token}"));
        Assert.Equal(status, answer.Status);
        Assert.Equal(status is not 200, (await answer.JsonAsync()).TryGetProperty("error", out _));
    }

    private string TokenWith(string claims)
    {
        var all = _issuer.Claims("alice", GuardedGateway.Audience);
        foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject())
            all[name] = value?.DeepClone();
        return _issuer.Key.Sign(all);
    }
}
