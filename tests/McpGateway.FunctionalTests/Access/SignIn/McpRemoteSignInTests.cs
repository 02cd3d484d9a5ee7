using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>mcp-remote signs its user in, by the browser that it opens, and bridges.</summary>
public sealed class McpRemoteSignInTests : IAsyncLifetime
{
    private SignInGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await SignInGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("http", "test/mcp")]
    [InlineData("sse", "test/sse")]
    public async Task Bridge_WithoutAToken_SignsItsUserInAndCalls(string transport, string path)
    {
        using var shim = new BrowserShim();
        using var user = new UserBrowser("alice");
        using var memory = new ScratchFolder();
        var environment = shim.Environment;
        environment["MCP_REMOTE_CONFIG_DIR"] = memory.Path; // what it remembers of sign-ins is another's
        var bridging = InteropClients.McpRemoteAsync(transport, _gateway.Endpoint(path), ["--script", "echo"], environment);

        var authorization = UserBrowser.Query(await SignInAsync(shim, user, bridging));
        var more = UserBrowser.Query(await SignInAsync(shim, user, bridging));

        var report = await bridging;
        report.AssertNoErrors();
        Assert.Equal("hello", report.Text("echo"));
        Assert.Equal((_gateway.Endpoint(path).AbsoluteUri, "S256"), (authorization["resource"], authorization["code_challenge_method"]));
        Assert.Contains("test:use", authorization["scope"].Split(' '));
        Assert.Contains("test:admin", more["scope"].Split(' '));
        Assert.Equal(report.Text("child"), report.Text("sameChild"));
    }

    private static async Task<Uri> SignInAsync(BrowserShim shim, UserBrowser user, Task<ScenarioReport> bridging)
    {
        var opening = shim.OpenedAsync();
        if (await Task.WhenAny(opening, bridging) == bridging)
            Assert.Fail($"The bridge ended without a sign-in: {await bridging}");
        var authorization = await opening;
        using var answer = await Http.SendAsync(HttpMethod.Get, await user.AuthorizeAsync(authorization));
        Assert.Equal(200, answer.Status);
        return authorization;
    }
}
