using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>Remote servers of HTTP+SSE.</summary>
public sealed class SseTests
{
    private readonly LegacyUpstream _server = new();

    [Theory]
    [InlineData("far/sse", "/far/message?sessionId=")]
    [InlineData("sse", "/message?sessionId=")]
    [InlineData("far/mcp", "/far/message?sessionId=")]
    public async Task Endpoint_IsTheGatewaysAndMessagesReachTheServers(string path, string endpoint)
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream, new() { ["headers"] = new JsonObject { ["X-Key"] = "configured" } });
        await using var client = await SseClient.ConnectAsync(gateway, path, user: "alice");
        Assert.StartsWith(endpoint, client.Endpoint, StringComparison.Ordinal);
        Assert.DoesNotContain("session=", client.Endpoint, StringComparison.Ordinal);
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
        var call = Assert.Single(upstream.Posted("tools/call"));
        Assert.Equal(("/deep/messages?session=s0", "configured", null),
            (call.Path, call.Header("X-Key"), call.Header(TestUsers.Header)));
        Assert.Equal(("/sse", "text/event-stream", "configured"), Of(upstream.Requests.First()));
        static (string, string?, string?) Of(Arrived stream) => (stream.Path, stream.Header("Accept"), stream.Header("X-Key"));
    }

    [Fact]
    public async Task Endpoint_BehindAPathBase_HasIt()
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream, settings: new() { ["PathBase"] = "/tools" });
        await using var client = await SseClient.ConnectAsync(gateway, "tools/far/sse");
        Assert.StartsWith("/tools/far/message?sessionId=", client.Endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatIsQuiet_OutlivesTheRequestTimeout()
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream, new() { ["requestTimeout"] = "00:00:01" });
        await using var client = await SseClient.ConnectAsync(gateway, "far/sse");
        upstream.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        using (var late = await client.PostAsync(Rpc.Request("1", "ping")))
        {
            var error = await late.JsonAsync();
            Assert.Equal((504, -32603, 1), (late.Status, error.Code(), error.Get("id").GetInt32()));
        }

        _server.Say(Rpc.Notification("notifications/message"));
        await client.Inbox.TakeAsync(message => message.Method() == "notifications/message");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/messages?session=")]
    [InlineData("https://evil.test/?session=")]
    [InlineData("//evil.test/messages?session=")]
    [InlineData("http://")]
    public async Task Endpoint_OfAnotherOrigin_IsAnError(string endpoint)
    {
        await using var upstream = await Upstream.StartAsync(new LegacyUpstream { Endpoint = endpoint }.AnswerAsync);
        await using var gateway = await StartAsync(upstream);
        using var stream = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway.BaseAddress, "far/sse"), null, ("Accept", "text/event-stream"));
        var error = await stream.JsonAsync();
        Assert.Equal((502, -32603), (stream.Status, error.Code()));
        Assert.DoesNotContain("evil", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_WhosePathLooksLikeAHost_StaysAtTheServer()
    {
        await using var upstream = await Upstream.StartAsync();
        upstream.Answer = new LegacyUpstream { Endpoint = upstream.Address + "//evil.test/messages?session=" }.AnswerAsync;
        await using var gateway = await StartAsync(upstream);
        await using var client = await SseClient.ConnectAsync(gateway, "far/sse");
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
        Assert.Equal("//evil.test/messages?session=s0", Assert.Single(upstream.Posted("tools/call")).Path);
    }

    [Theory]
    [InlineData("alice", "/far/message", 202)]
    [InlineData("bob", "/far/message", 404)]
    [InlineData(null, "/far/message", 404)]
    [InlineData("alice", "/other/message", 404)]
    [InlineData("alice", "/message", 202)]
    public async Task Endpoint_IsGoodForItsUserAndServer(string? user, string path, int status)
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream);
        await using var client = await SseClient.ConnectAsync(gateway, "far/sse", user: "alice");
        var query = client.Endpoint[client.Endpoint.IndexOf('?', StringComparison.Ordinal)..];
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, path + query),
                TestHttp.Json(Rpc.Request("5", "ping")), TestUsers.HeaderOf(user));
        Assert.Equal(status, answer.Status);
        if (status == 404)
            Assert.Equal((-32001, 5), ((await answer.JsonAsync()).Code(), (await answer.JsonAsync()).Get("id").GetInt32()));
    }

    [Fact]
    public async Task Message_WithoutASession_OrToOneThatHasEnded_IsRefused()
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream);
        var bare = new Uri(gateway.BaseAddress, "far/message");
        using (var without = await TestHttp.SendAsync(HttpMethod.Post, bare, TestHttp.Json(Rpc.Request("5", "ping"))))
            Assert.Equal((400, -32000), (without.Status, (await without.JsonAsync()).Code()));
        await using var client = await SseClient.ConnectAsync(gateway, "far/sse");
        upstream.Answer = (context, _) => Upstream.StatusAsync(context, 404);
        using var ended = await client.PostAsync(Rpc.Request("5", "ping"));
        Assert.Equal((404, -32001), (ended.Status, (await ended.JsonAsync()).Code()));
    }

    [Theory]
    [InlineData("far/sse")]
    [InlineData("far/mcp")]
    [InlineData("sse")]
    public async Task Post_OnAPathForStreams_Is405WithoutABody(string path)
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream);
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, path), TestHttp.Json(Rpc.Initialize()), ("Accept", "*/*"));
        Assert.Equal((405, "GET", ""), (answer.Status, answer.Allow, await answer.BodyAsync()));
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""")]
    public async Task Message_ThatBreaksTheRules_IsNotForwarded(string body)
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(upstream);
        await using var client = await SseClient.OpenAsync(gateway, "far/sse");
        using var answer = await client.PostAsync(body);
        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Tools_OutsideTheRules_AreNeitherListedNorCalled()
    {
        await using var upstream = await Upstream.StartAsync(_server.AnswerAsync);
        await using var gateway = await StartAsync(
            upstream, new() { ["tools"] = new JsonObject { ["deny"] = new JsonArray("write") } });
        await using var client = await SseClient.ConnectAsync(gateway, "far/sse");
        // Not listed to anybody yet: the gateway asks, in a session of its own.
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
        Assert.Equal(3, _server.Opened); // one for each page
        using (var unlisted = await client.PostAsync(Rpc.Call("8", "Read")))
            Assert.Equal((400, -32602), (unlisted.Status, (await unlisted.JsonAsync()).Code()));
        using (var denied = await client.PostAsync(Rpc.Call("9", "write")))
            Assert.Equal((400, -32602), (denied.Status, (await denied.JsonAsync()).Code()));
        Assert.Single(upstream.Posted("tools/call"));
        var list = await client.AskAsync(Rpc.Request("10", "tools/list"), "10");
        Assert.Equal(["read"], list.Get("result").Get("tools").EnumerateArray().Select(tool => tool.Get("name").GetString()));
    }

    private static Task<TestGateway> StartAsync(
        Upstream upstream, JsonObject? keys = null, Dictionary<string, string?>? settings = null) =>
        RemoteGateway.StartAsync(upstream.Address + "/sse", keys, settings);
}
