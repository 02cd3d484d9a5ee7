using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>mcp-remote signs its user in, by the browser that it opens, and bridges.</summary>
public sealed class McpRemoteSignInTests(SignInIssuer issuer) : IClassFixture<SignInIssuer>, IAsyncLifetime
{
    private SignInGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await SignInGateway.StartAsync(issuer);

    public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("http", "test/mcp")]
    [InlineData("sse", "test/sse")]
    public async Task Bridge_WithoutAToken_SignsItsUserInAndCalls(string transport, string path)
    {
        var (report, authorizations) = await BridgeAsync(transport, path, "echo", signIns: 1);

        report.AssertNoErrors();
        Assert.Equal("hello", report.Text("echo"));
        var authorization = authorizations.Single();
        Assert.Equal(
            (_gateway.Endpoint(path).AbsoluteUri, "S256"), (authorization["resource"], authorization["code_challenge_method"]));
        Assert.Contains("test:use", authorization["scope"].Split(' '));
        Assert.DoesNotContain("test:admin", authorization["scope"].Split(' '));
    }

    [Fact]
    public async Task Tool_ThatNeedsMore_IsAskedForAndCalledInTheSameSession()
    {
        var (report, authorizations) = await BridgeAsync("http", "test/mcp", "step-up", signIns: 2);

        report.AssertNoErrors();
        Assert.NotEmpty(report.Text("cwd"));
        Assert.Contains("test:admin", authorizations[^1]["scope"].Split(' '));
        Assert.Equal(report.Text("child"), report.Text("sameChild"));
    }

    /// <summary>The TypeScript SDK asks for more scopes over Streamable HTTP alone.</summary>
    [Fact]
    public async Task Tool_ThatNeedsMoreOverSse_IsRefusedWithItsScopesAndTheSessionGoesOn()
    {
        var (report, _) = await BridgeAsync("sse", "test/sse", "step-up", signIns: 1);

        Assert.Contains("This needs a token or key with the scopes: test:admin", report.Error("cwd"), StringComparison.Ordinal);
        Assert.Equal(report.Text("child"), report.Text("sameChild"));
    }

    private async Task<(ScenarioReport Report, List<Dictionary<string, string>> Authorizations)> BridgeAsync(
        string transport, string path, string scenario, int signIns)
    {
        using var shim = new BrowserShim();
        using var user = new UserBrowser("alice");
        using var memory = new ScratchFolder();
        var environment = shim.Environment;
        environment["MCP_REMOTE_CONFIG_DIR"] = memory.Path; // what it remembers of sign-ins is another's
        var bridging = InteropClients.McpRemoteAsync(transport, _gateway.Endpoint(path), ["--script", scenario], environment);
        var authorizations = new List<Dictionary<string, string>>();
        while (authorizations.Count < signIns)
            authorizations.Add(UserBrowser.Query(await SignInAsync(shim, user, bridging)));
        return (await bridging, authorizations);
    }

    private static async Task<Uri> SignInAsync(BrowserShim shim, UserBrowser user, Task<ScenarioReport> bridging)
    {
        var opening = shim.OpenedAsync();
        if (await Task.WhenAny(opening, bridging) == bridging)
            Assert.Fail($"The bridge ended without a sign-in: {await bridging}");
        var authorization = await opening;
        using var answer = await TestHttp.SendAsync(HttpMethod.Get, await user.AuthorizeAsync(authorization));
        Assert.Equal(200, answer.Status);
        return authorization;
    }
}
