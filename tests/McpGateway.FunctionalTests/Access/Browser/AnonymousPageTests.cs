using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Access.Browser;

/// <summary>Pages in Chromium, on the machine of somebody who runs an anonymous gateway there.</summary>
public sealed class AnonymousPageTests : IAsyncLifetime
{
    private readonly RequestLog _requests = new();
    private PageServer _site = null!;

    private string Page => _site.Origin("app.test");

    public async ValueTask InitializeAsync()
    {
        InteropParts.RequireChromium();
        _site = await PageServer.StartAsync();
    }

    public ValueTask DisposeAsync() => _site?.DisposeAsync() ?? default;

    [Fact]
    public async Task Page_ThatOneServerAllows_UsesThatOneByEventSourceAndFetch()
    {
        var json = GuardedGateway.Json();
        json["mcpServers"]!["test"]!["cors"] = new JsonObject { ["origins"] = new JsonArray(Page) };
        await using var gateway = await TestGateway.StartAsync(json.ToJsonString(), adjust: _requests.Add);
        var report = await new PageScript()
            .OverEventSource("stream", Page, new Uri(gateway.BaseAddress, "test/sse"))
            .OverEventSource("alias", Page, new Uri(gateway.BaseAddress, "sse"))
            .OverFetch("fetch", Page, new Uri(gateway.BaseAddress, "test/mcp"))
            .OverEventSource("another server", Page, new Uri(gateway.BaseAddress, "other/sse"))
            .OverFetch("another server by fetch", Page, new Uri(gateway.BaseAddress, "other/mcp"))
            .RunAsync();

        foreach (var step in (string[])["stream", "alias", "fetch"])
            Assert.Equal(step, report.Result(step).Get("text").GetString());
        Assert.Contains("does not open", report.Error("another server"), StringComparison.Ordinal);
        Assert.Contains("Failed to fetch", report.Error("another server by fetch"), StringComparison.Ordinal);
        Assert.Equal(["GET /other/sse 403", "OPTIONS /other/mcp 403"], Seen("/other/"));
    }

    [Fact]
    public async Task Page_OfThisMachine_MayUseIt()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        var page = _site.Origin("localhost"); // such as the MCP inspector's
        var report = await new PageScript()
            .OverEventSource("stream", page, new Uri(gateway.BaseAddress, "test/sse"))
            .OverFetch("fetch", page, new Uri(gateway.BaseAddress, "test/mcp"))
            .RunAsync();
        Assert.Equal("stream", report.Result("stream").Get("text").GetString());
        Assert.Equal("fetch", report.Result("fetch").Get("text").GetString());
    }

    [Fact]
    public async Task Page_OfElsewhere_ReachesNothingByAnyWay()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(adjust: _requests.Add);
        var message = new Uri(gateway.BaseAddress, "test/message");
        // A name of the attacker's that now leads to this machine: to the browser this is the page's own origin.
        var rebound = new UriBuilder(message) { Host = "rebound.test" }.Uri;
        var initialize = Rpc.Initialize();
        var json = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
        var report = await new PageScript()
            .OverFetch("fetch", Page, new Uri(gateway.BaseAddress, "test/mcp"))
            .OverEventSource("stream", Page, new Uri(gateway.BaseAddress, "test/sse"))
            // What a form could send, too: the browser does not ask first, and the answer is not for the page.
            .Read("unasked", Page, new { url = message, method = "POST", mode = "no-cors", body = initialize })
            .Read("rebound", rebound.AbsoluteUri, new { url = rebound, method = "POST", headers = json, body = initialize })
            .Read("rebound stream", rebound.AbsoluteUri, new { url = new Uri(rebound, "sse") })
            .RunAsync();

        Assert.Contains("Failed to fetch", report.Error("fetch"), StringComparison.Ordinal);
        Assert.Contains("does not open", report.Error("stream"), StringComparison.Ordinal);
        Assert.Equal(0, report.Result("unasked").Get("status").GetInt32());
        Assert.Equal(403, report.Result("rebound").Get("status").GetInt32());
        Assert.Equal(403, report.Result("rebound stream").Get("status").GetInt32());
        // The rebound page itself is another two.
        Assert.Equal(
            ["OPTIONS /test/mcp", "GET /test/sse", "POST /test/message", "GET /test/message", "POST /test/message",
                "GET /test/message", "GET /test/sse"],
            _requests.Entries.Where(entry => entry.Path != "/favicon.ico").Select(entry => $"{entry.Method} {entry.Path}"));
        Assert.All(_requests.Entries, entry => Assert.Equal(403, entry.Status));
    }

    private IEnumerable<string> Seen(string path) => _requests.Entries
        .Where(entry => entry.Path.StartsWith(path, StringComparison.Ordinal)).Select(entry => entry.ToString());
}
