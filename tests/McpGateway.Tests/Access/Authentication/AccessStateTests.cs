using McpGateway.Cli.DemoServer;

namespace McpGateway.Tests.Access.Authentication;

public sealed class AccessStateTests : IAsyncDisposable
{
    private static readonly string Hash = new('0', 64);

    private readonly AccessFixture _access = new();

    public ValueTask DisposeAsync() => _access.DisposeAsync();

    [Fact]
    public void Start_NothingConfigured_IsAnonymous() => Assert.False(_access.State.Current.IsRequired);

    [Fact]
    public void Start_RequiredWithoutCredentials_LetsNobodyIn()
    {
        _access.Configure(("Access:Anonymous", "false"));
        Assert.True(_access.State.Current.IsRequired);
    }

    [Fact]
    public void Reload_IssuerTakenOut_IsNoLongerFound()
    {
        Configure("https://a.example");
        Assert.NotNull(_access.State.Current.Find("https://a.example"));
        Configure("https://b.example");
        Assert.Null(_access.State.Current.Find("https://a.example"));
        Assert.NotNull(_access.State.Current.Find("https://b.example"));
    }

    [Fact]
    public void Reload_CredentialsLost_StaysClosed()
    {
        Configure("https://a.example");
        Assert.True(_access.State.Current.IsRequired);
        Configure(null);
        Assert.Empty(_access.State.Current.Issuers);
        Assert.True(_access.State.Current.IsRequired);
    }

    [Fact]
    public void Reload_CredentialsAdded_Closes()
    {
        Assert.False(_access.State.Current.IsRequired);
        _access.Configure(("Access:ApiKeys:0:Name", "ci"), ("Access:ApiKeys:0:Sha256", Hash));
        Assert.True(_access.State.Current.IsRequired);
    }

    [Fact]
    public void Reload_Invalid_ChangesNothing()
    {
        Configure("https://a.example");
        var before = _access.State.Current;
        _access.Configure(("Access:Jwt:Issuers:0:Algorithms:0", "none"));
        Assert.Same(before, _access.State.Current);
        _access.Configure(("Access:Jwt:Issuers:0:Algorithms:0", "ES256"));
        Assert.False(_access.State.Current.Find("https://a.example")!.Allows("RS256"));
    }

    [Fact]
    public void Reload_IssuerWithFetchedKeys_KeepsThemButIsAnother()
    {
        _access.Configure(
            ("Access:Jwt:Issuers:0:Issuer", "a"), ("Access:Jwt:Issuers:0:Audience", "b"),
            ("Access:Jwt:Issuers:0:JwksUrl", "https://127.0.0.1:1/keys"));
        var before = _access.State.Current.Find("a")!;
        _access.Configure(("Access:Jwt:Issuers:0:Audience", "c"));
        var after = _access.State.Current.Find("a")!;
        Assert.Equal("c", after.Audience);
        Assert.NotSame(before, after);
        Assert.Same(before.Keys, after.Keys);
        _access.Configure(("Access:Jwt:Issuers:0:JwksUrl", "https://127.0.0.1:1/others"));
        Assert.NotSame(before.Keys, _access.State.Current.Find("a")!.Keys);
    }

    private void Configure(string? issuer) => _access.Configure(
        ("Access:Jwt:Issuers:0:Issuer", issuer), ("Access:Jwt:Issuers:0:Audience", issuer is null ? null : "gateway"),
        ("Access:Jwt:Issuers:0:PublicKeys:0", issuer is null ? null : TestKeys.Pem));
}
