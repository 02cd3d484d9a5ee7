using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Rules;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>Rules on tools, scopes and limits of a remote server of Streamable HTTP.</summary>
public sealed class RuleTests
{
    private static readonly string[] Read = ["read"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task List_IsFiltered_AndKeepsItsCursor(bool asEvents)
    {
        await using var upstream = await Upstream.StartAsync();
        if (asEvents)
        {
            upstream.Answer = async (context, request) =>
            {
                await Upstream.BeginEventsAsync(context);
                await Upstream.EventAsync(context, Rpc.Result("1", Upstream.ResultOf(request.Json)));
            };
        }

        await using var gateway = await StartAsync(upstream, """{ "deny": ["WRITE"] }""");
        using var answer = await RemoteGateway.Client(gateway, RuledGateway.Guest).PostAsync(Rpc.Request("1", "tools/list"));
        var result = (await answer.NextAsync())!.Value.Get("result");
        Assert.Equal(Read, result.Get("tools").EnumerateArray().Select(tool => tool.Get("name").GetString()));
        Assert.Equal("more", result.Get("nextCursor").GetString());
    }

    [Fact]
    public async Task List_ThatCanBeReadInTwoWays_IsAnError()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.JsonAsync(
            context, Rpc.Result("1", """{"tools":[],"tools":[{"name":"write"}]}""")));
        await using var gateway = await StartAsync(upstream, """{ "deny": ["write"] }""");
        using var answer = await RemoteGateway.Client(gateway, RuledGateway.Guest).PostAsync(Rpc.Request("1", "tools/list"));
        Assert.Equal(-32603, (await answer.JsonAsync()).Code());
    }

    [Theory]
    [InlineData("write")] // denied
    [InlineData("Write")] // in disguise
    [InlineData("Read")] // not listed
    [InlineData("nothing")]
    public async Task Call_OutsideTheRules_DoesNotReachTheServer(string tool)
    {
        await using var upstream = await Upstream.StartAsync(OnePageAsync);
        await using var gateway = await StartAsync(upstream, """{ "deny": ["write"] }""");
        var client = RemoteGateway.Client(gateway, RuledGateway.Guest);
        using var answer = await client.PostAsync(Rpc.Call("4", tool));
        var error = await answer.JsonAsync();
        Assert.Equal((200, -32602, 4), (answer.Status, error.Code(), error.Get("id").GetInt32()));
        Assert.Empty(upstream.Posted("tools/call"));
    }

    [Fact]
    public async Task Call_OfAListedTool_Passes_AndTheListIsAskedForOnce()
    {
        await using var upstream = await Upstream.StartAsync(OnePageAsync);
        await using var gateway = await StartAsync(upstream, """{ "deny": ["write"] }""");
        await using var client = await RemoteGateway.ConnectAsync(gateway, RuledGateway.Guest);
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
        var list = Assert.Single(upstream.Posted("tools/list"));
        Assert.Equal("up-1", list.Header("Mcp-Session-Id"));
    }

    [Fact]
    public async Task Call_WithoutItsScope_Is403WithAChallenge()
    {
        await using var upstream = await Upstream.StartAsync(OnePageAsync);
        await using var gateway = await StartAsync(upstream, """{ "scopes": { "write": ["admin"] } }""");
        using (var refused = await RemoteGateway.Client(gateway, RuledGateway.Guest).PostAsync(Rpc.Call("4", "write")))
        {
            Assert.Equal((403, -32001), (refused.Status, (await refused.JsonAsync()).Code()));
            Assert.Contains("scope=\"admin\"", refused.Header("WWW-Authenticate"), StringComparison.Ordinal);
        }

        var admin = RemoteGateway.Client(gateway, RuledGateway.Admin);
        Assert.Equal("called write", (await admin.CallAsync("write")).Text());
    }

    [Fact]
    public async Task Batch_IsRuledByMessage()
    {
        await using var upstream = await Upstream.StartAsync(async (context, request) =>
        {
            if (request.Json.ValueKind is System.Text.Json.JsonValueKind.Object)
                await OnePageAsync(context, request);
            else
                await Upstream.JsonAsync(context, Answers(request));
        });
        await using var gateway = await StartAsync(upstream, """{ "deny": ["write"], "scopes": { "read": ["admin"] } }""");
        var client = RemoteGateway.Client(gateway, RuledGateway.Guest);
        using var answer = await client.PostAsync(
            $"[{Rpc.Call("1", "write")},{Rpc.Call("2", "read")},{Rpc.Request("3", "ping")},{Rpc.Request("4", "tools/list")}]");
        var answers = (await answer.JsonAsync()).EnumerateArray().ToDictionary(one => one.Get("id").GetInt32());
        Assert.Equal((-32602, -32001, 4), (answers[1].Code(), answers[2].Code(), answers.Count));
        Assert.True(answers[3].TryGetProperty("result", out _));
        Assert.Equal(Read, answers[4].Get("result").Get("tools").EnumerateArray().Select(tool => tool.Get("name").GetString()));
        var sent = upstream.Requests.Single(request => request.Json.ValueKind is System.Text.Json.JsonValueKind.Array);
        Assert.Equal([3, 4], sent.Json.EnumerateArray().Select(one => one.Get("id").GetInt32()));
    }

    [Fact]
    public async Task Server_WithScopes_IsForThoseWhoHaveThem()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url, new() { ["auth"] = new JsonObject { ["scopes"] = new JsonArray("admin") } }, RuledGateway.Settings());
        async Task<int> PingAsync(string? user)
        {
            using var answer = await RemoteGateway.Client(gateway, user).PostAsync(Rpc.Request("1", "ping"));
            return answer.Status;
        }

        Assert.Equal((401, 403, 200),
            (await PingAsync(null), await PingAsync(RuledGateway.Guest), await PingAsync(RuledGateway.Admin)));
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Messages_AreChargedToTheirSender()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url, new() { ["rateLimit"] = new JsonObject { ["permitsPerMinute"] = 2, ["openingsPerMinute"] = 1 } }, null,
            new StillTime().Add);
        async Task<(int, string?)> SendAsync(string? user, string body)
        {
            using var answer = await RemoteGateway.Client(gateway, user).PostAsync(body);
            return (answer.Status, answer.Header("RateLimit-Remaining"));
        }

        Assert.Equal((200, "1"), await SendAsync("alice", Rpc.Request("1", "ping")));
        Assert.Equal((200, "0"), await SendAsync("alice", Rpc.Request("1", "ping")));
        Assert.Equal((429, "0"), await SendAsync("alice", Rpc.Request("1", "ping")));
        Assert.Equal(200, (await SendAsync("bob", Rpc.Initialize())).Item1);
        Assert.Equal(429, (await SendAsync("bob", Rpc.Initialize())).Item1);
        Assert.Equal(3, upstream.Requests.Count);
    }

    [Fact]
    public async Task Requests_BeyondTheConcurrency_WaitOrAreRefused()
    {
        var release = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(async (context, request) =>
        {
            await release.Task.WaitAsync(TestHttp.Timeout);
            await Upstream.McpAsync(context, request);
        });
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url, new() { ["rateLimit"] = new JsonObject { ["concurrency"] = 1, ["queue"] = 1 } });
        var client = RemoteGateway.Client(gateway, "alice");
        var first = client.AskAsync(Rpc.Request("1", "tools/list"), "1");
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the first is there");
        var others = new[] { client.PostAsync(Rpc.Request("2", "tools/list")), client.PostAsync(Rpc.Request("3", "tools/list")) };
        using (var refused = await await Task.WhenAny(others).WaitAsync(TestHttp.Timeout, TestHttp.Token))
            Assert.Equal((429, -32003), (refused.Status, (await refused.JsonAsync()).Code()));
        Assert.Single(upstream.Requests);
        var ping = client.AskAsync(Rpc.Request("4", "ping"), "4"); // needs no permit: it shows that the connection is alive
        await Eventually.TrueAsync(() => upstream.Requests.Count == 2, "the ping is there");
        release.SetResult();
        await Task.WhenAll(first, ping);
        Assert.Equal([200, 429], (await Task.WhenAll(others)).Select(answer => answer.Status).Order());
        Assert.Equal(3, upstream.Requests.Count);
    }

    private static Task<TestGateway> StartAsync(Upstream upstream, string tools) =>
        RemoteGateway.StartAsync(upstream.Url, new() { ["tools"] = JsonNode.Parse(tools) }, RuledGateway.Settings());

    private static Task OnePageAsync(Microsoft.AspNetCore.Http.HttpContext context, Arrived request) =>
        request.Body.Contains("tools/list", StringComparison.Ordinal)
            ? Upstream.JsonAsync(context, Rpc.Result(request.Json, Page(request)))
            : Upstream.McpAsync(context, request);

    private static string Page(Arrived request) =>
        Upstream.ResultOf(request.Json).Replace(",\"nextCursor\":\"more\"", "", StringComparison.Ordinal);

    private static string Answers(Arrived batch) =>
        $"[{string.Join(',', batch.Json.EnumerateArray().Select(one => Rpc.Result(one, Upstream.ResultOf(one))))}]";
}
