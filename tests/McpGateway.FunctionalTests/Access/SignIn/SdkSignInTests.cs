using McpGateway.Configuration;
using McpGateway.FunctionalTests.Hosting;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>The official C# SDK's client finds out where to get a token, gets it, and calls.</summary>
public sealed class SdkSignInTests(SignInIssuer issuer) : IClassFixture<SignInIssuer>, IAsyncLifetime
{
    private SignInGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await SignInGateway.StartAsync(issuer);

    public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? default;

    [Theory]
    [InlineData(HttpTransportMode.StreamableHttp, "test/mcp", "POST")]
    [InlineData(HttpTransportMode.StreamableHttp, "mcp", "POST")]
    [InlineData(HttpTransportMode.Sse, "test/sse", "GET")]
    [InlineData(HttpTransportMode.Sse, "sse", "GET")]
    [InlineData(HttpTransportMode.Sse, "test/mcp", "GET")]
    [InlineData(HttpTransportMode.AutoDetect, "test/mcp", "POST")]
    [InlineData(HttpTransportMode.AutoDetect, "test/sse", "POST")]
    public async Task Client_WithoutAToken_SignsItsUserInAndCalls(HttpTransportMode mode, string path, string first)
    {
        await using var client = await SdkSignIn.ConnectAsync(_gateway.Endpoint(path), mode);
        Assert.Equal("hello", await client.CallAsync("echo", "text", "hello"));

        Assert.Equal(
            [$"{first} /{path} 401", $"GET /.well-known/oauth-protected-resource/{path} 200"],
            _gateway.Requests.Entries.Take(2).Select(entry => entry.ToString()));
        Assert.Single(client.Registrations);
        var authorization = Assert.Single(client.Authorizations);
        var resource = _gateway.Endpoint(path).AbsoluteUri;
        Assert.Equal((resource, "S256"), (authorization["resource"], authorization["code_challenge_method"]));
        Assert.Contains("test:use", authorization["scope"].Split(' '));
        Assert.DoesNotContain("test:admin", authorization["scope"].Split(' '));
        Assert.Equal(["login", "consent"], client.Forms);
        var claims = client.Claims();
        Assert.Equal(
            (_gateway.Issuer.Name, "alice", resource),
            (claims.Get("iss").GetString(), claims.Get("sub").GetString(), claims.Get("aud").GetString()));

        using var elsewhere = await _gateway.Guarded.InitializeAsync("other/mcp",
            ("Authorization", $"Bearer {client.Tokens.AccessToken}"));
        Assert.Equal(401, elsewhere.Status);
    }

    [Theory]
    [InlineData(HttpTransportMode.StreamableHttp, "test/mcp")]
    [InlineData(HttpTransportMode.Sse, "test/sse")]
    public async Task Tool_ThatNeedsMore_IsAskedForAndCalledInTheSameSession(HttpTransportMode mode, string path)
    {
        await using var client = await SdkSignIn.ConnectAsync(_gateway.Endpoint(path), mode);
        var child = await client.CallAsync("pid");

        Assert.NotEmpty(await client.CallAsync("cwd"));

        AssertSteppedUp(client, path);
        Assert.Equal(child, await client.CallAsync("pid"));
        Assert.Equal(2, client.Authorizations.Count);
    }

    [Theory]
    [InlineData(HttpTransportMode.StreamableHttp, "test/mcp")]
    [InlineData(HttpTransportMode.Sse, "test/sse")]
    public async Task Server_ThatNeedsMoreAllOfASudden_IsCalledOnInTheSameSession(HttpTransportMode mode, string path)
    {
        await using var client = await SdkSignIn.ConnectAsync(_gateway.Endpoint(path), mode);
        var child = await client.CallAsync("pid");
        await _gateway.Gateway.RewriteAsync(SignInGateway.Json("test:use", "test:admin").ToJsonString());

        Assert.Equal(child, await client.CallAsync("pid"));

        AssertSteppedUp(client, path);
    }

    [Theory]
    [InlineData(HttpTransportMode.StreamableHttp, "test/mcp", false)]
    [InlineData(HttpTransportMode.StreamableHttp, "test/mcp", true)]
    [InlineData(HttpTransportMode.Sse, "test/sse", false)]
    [InlineData(HttpTransportMode.Sse, "test/sse", true)]
    public async Task Token_ThatHasExpired_IsRenewedAndTheSessionGoesOn(HttpTransportMode mode, string path, bool clientKnows)
    {
        await using var client = await SdkSignIn.ConnectAsync(_gateway.Endpoint(path), mode);
        var child = await client.CallAsync("pid");
        var (issued, old) = (client.Issued, client.Tokens);
        Assert.NotNull(old.RefreshToken);
        client.Tokens = Expired(old, clientKnows);

        Assert.Equal(child, await client.CallAsync("pid"));

        Assert.Equal(issued + 1, client.Issued);
        Assert.NotEqual(old.AccessToken, client.Tokens.AccessToken);
        Assert.Equal("alice", client.Claims().Get("sub").GetString());
        Assert.Single(client.Authorizations); // the user did not have to sign in again
        Assert.Equal(["login", "consent"], client.Forms);
        Assert.Equal(clientKnows ? 1 : 2, _gateway.Requests.Entries.Count(entry => entry.Status == 401));
    }

    // One that the issuer made a while ago, so that nobody must wait for it.
    private TokenContainer Expired(TokenContainer tokens, bool clientKnows)
    {
        var claims = TokenKey.Payload(tokens.AccessToken);
        var past = _gateway.Issuer.Claims("alice", claims.Get("aud").GetString()!, "test:use");
        past["exp"] = past["iat"]!.GetValue<long>() - 60;
        return new()
        {
            AccessToken = _gateway.Issuer.Key.Sign(past), RefreshToken = tokens.RefreshToken, TokenType = tokens.TokenType,
            Scope = tokens.Scope, ExpiresIn = tokens.ExpiresIn, ClientId = tokens.ClientId, ClientSecret = tokens.ClientSecret,
            TokenEndpointAuthMethod = tokens.TokenEndpointAuthMethod, AuthorizationServer = tokens.AuthorizationServer,
            ObtainedAt = clientKnows ? tokens.ObtainedAt.AddHours(-1) : tokens.ObtainedAt,
        };
    }

    private void AssertSteppedUp(SdkSignIn client, string path)
    {
        Assert.Contains(_gateway.Requests.Entries, entry => entry.Status == 403);
        Assert.Single(client.Registrations);
        var more = client.Authorizations[^1];
        Assert.Equal(_gateway.Endpoint(path).AbsoluteUri, more["resource"]);
        Assert.Contains("test:use", more["scope"].Split(' '));
        Assert.Contains("test:admin", more["scope"].Split(' '));
        Assert.Equal(["login", "consent", "consent"], client.Forms); // it is signed in; only the new scope needs consent
        Assert.Contains("test:admin", client.Claims().Get("scope").GetString()!.Split(' '));
    }
}
