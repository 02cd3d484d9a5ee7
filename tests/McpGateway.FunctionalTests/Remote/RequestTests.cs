using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>What of a client's request reaches a remote server.</summary>
public sealed class RequestTests
{
    private static readonly (string, string)[] Credentials =
    [
        ("Cookie", "a=secret"), ("Proxy-Authorization", "Basic secret"),
        ("X-Other-Key", "secret"), ("Origin", "http://localhost"),
    ];

    [Theory]
    [InlineData("far/mcp")]
    [InlineData("mcp")]
    [InlineData("far/mcp/")]
    public async Task Post_ReachesTheUrlWithTheConfiguredHeaders(string path)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Address + "/deep/mcp?key=1", new() { ["headers"] = new JsonObject { ["X-Key"] = "configured" } });
        await using var client = await RemoteGateway.ConnectAsync(gateway, path: path);
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
        var call = Assert.Single(upstream.Posted("tools/call"));
        Assert.Equal(("POST", "/deep/mcp?key=1", "configured"), (call.Method, call.Path, call.Header("X-Key")));
        Assert.Equal(
            ("application/json", "application/json, text/event-stream", "2025-11-25"),
            (call.Header("Content-Type"), call.Header("Accept"), call.Header("MCP-Protocol-Version")));
        Assert.Equal($"127.0.0.1:{upstream.Port}", call.Header("Host"));
    }

    [Fact]
    public async Task Credentials_OfTheClient_StayHere()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url, new() { ["headers"] = new JsonObject { ["Authorization"] = "Bearer upstreams-own" } },
            Rules.RuledGateway.Settings());
        (string, string)[] all = [("Accept", "*/*"), .. Credentials, .. TestUsers.HeaderOf(Rules.RuledGateway.Admin)];
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, "far/mcp?access=secret"), TestHttp.Json(Rpc.Request("1", "ping")), all);
        Assert.Equal(200, answer.Status);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal("Bearer upstreams-own", request.Header("Authorization"));
        Assert.Equal(
            ["Accept", "Authorization", "Content-Length", "Content-Type", "Host"],
            request.Headers.Keys.Where(name => name is not "traceparent").Order(StringComparer.Ordinal));
        Assert.DoesNotContain("secret", request.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHeaders_AndKeys_StayHere()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, settings: Rules.RuledGateway.Settings());
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, "far/mcp"), TestHttp.Json(Rpc.Request("1", "ping")),
            ("Accept", "*/*"), ("X-API-Key", Rules.RuledGateway.Admin["Bearer ".Length..]), ("X-Forwarded-For", "10.0.0.1"),
            ("X-Forwarded-Host", "a.test"), ("Forwarded", "for=10.0.0.1"), ("Via", "1.1 x"));
        Assert.Equal(200, answer.Status);
        var names = Assert.Single(upstream.Requests).Headers.Keys;
        Assert.DoesNotContain(names, name =>
            name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || name is "Forwarded" or "Via" or "Authorization");
    }

    [Fact]
    public async Task Values_OfEachUser_AreInTheirOwnRequests()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url,
            new()
            {
                ["headers"] = new JsonObject { ["X-Who"] = "user ${claim:sub}",
                    ["Authorization"] = "Bearer ${header:X-Service-Token}" },
            },
            new() { ["Access:UserHeaders:0"] = "X-Service-Token" });

        Assert.Equal(200, await PingAsync(gateway, "alice", "of-alice"));
        Assert.Equal(200, await PingAsync(gateway, "bob", "of-bob"));
        Assert.Equal(403, await PingAsync(gateway, "alice", null));
        Assert.Equal(403, await PingAsync(gateway, null, "x"));
        Assert.Equal(403, await PingAsync(gateway, "alice", "a\tb"));

        Assert.Equal(
            [("user alice", "Bearer of-alice"), ("user bob", "Bearer of-bob")],
            upstream.Requests.Select(request => (request.Header("X-Who"), request.Header("Authorization"))));
        Assert.All(upstream.Requests, request => Assert.Null(request.Header("X-Service-Token")));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"} {"jsonrpc":"2.0","id":2,"method":"ping"}""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}""", -32600)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", -32600)]
    [InlineData("nonsense", -32700)]
    public async Task Body_ThatBreaksTheRules_IsNotForwarded(string body, int code)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = RemoteGateway.Client(gateway);
        client.Version = "2025-06-18";
        using var answer = await client.PostAsync(body);
        Assert.Equal((400, code), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Body_IsForwardedOnOneLine()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var answer = await RemoteGateway.Client(gateway).PostAsync(
            "{\"jsonrpc\":\"2.0\",\r\n\"id\":1,\n\"method\":\"ping\"}");
        Assert.Equal(200, answer.Status);
        Assert.Equal("{\"jsonrpc\":\"2.0\",  \"id\":1, \"method\":\"ping\"}", Assert.Single(upstream.Requests).Body);
    }

    [Fact]
    public async Task Batch_InItsRevision_PassesBothWays()
    {
        await using var upstream = await Upstream.StartAsync((context, request) => Upstream.JsonAsync(
            context, $"[{string.Join(',', request.Json.EnumerateArray().Select(one => Rpc.Result(one, "{}")))}]"));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var answer = await RemoteGateway.Client(gateway).PostAsync(
            $"[{Rpc.Request("1", "ping")},{Rpc.Request("\"b\"", "ping")}]");
        var answers = (await answer.JsonAsync()).EnumerateArray().ToArray();
        Assert.True(answers[0].IsAnswerTo("1") && answers[1].IsAnswerTo("\"b\"") && answers.Length == 2);
    }

    [Theory]
    [InlineData("far/mcp", "2026-07-28", 400, -32022)]
    [InlineData("far/message", null, 404, -32001)]
    [InlineData("far/elsewhere", null, 404, -32001)]
    public async Task Request_ThatIsNotServed_IsRefusedHere(string path, string? version, int status, int code)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = RemoteGateway.Client(gateway, path: path);
        client.Version = version;
        using var answer = await client.PostAsync(Rpc.Request("1", "ping"));
        Assert.Equal((status, code), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Body_OverTheLimit_Is413()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url, settings: new() { ["Limits:RequestBodyBytes"] = "100" });
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("1", new string('x', 100)));
        Assert.Equal((413, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Delete_AndGet_ReachTheServer()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = await RemoteGateway.ConnectAsync(gateway);
        using var get = await client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        Assert.Equal((405, "POST, DELETE", -32600), (get.Status, get.Allow, (await get.JsonAsync()).Code()));
        Assert.Equal(204, await client.DeleteAsync());
        var delete = upstream.Requests.Last();
        Assert.Equal(("DELETE", "up-1", ""), (delete.Method, delete.Header("Mcp-Session-Id"), delete.Body));
        Assert.False(delete.Headers.ContainsKey("Transfer-Encoding"));
    }

    private static async Task<int> PingAsync(TestGateway gateway, string? user, string? value)
    {
        (string, string)[] own = value is null ? [] : [("X-Service-Token", value)];
        (string, string)[] headers = [("Accept", "*/*"), .. TestUsers.HeaderOf(user), .. own];
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, "far/mcp"), TestHttp.Json(Rpc.Request("1", "ping")), headers);
        return answer.Status;
    }
}
