using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

public sealed class LimitTests
{
    [Fact]
    public async Task SessionsPerUser_OverServersOfAllModes_IsOneLimit()
    {
        var servers = new JsonObject();
        foreach (var isolation in (string[])["session", "user", "shared"])
        {
            var file = TestGateway.TestServerJson(keys: new() { ["isolation"] = isolation });
            servers[isolation] = file["mcpServers"]!["test"]!.DeepClone();
        }

        var json = new JsonObject { ["mcpServers"] = servers }.ToJsonString();
        await using var gateway = await TestGateway.StartAsync(json, new() { ["Limits:SessionsPerUser"] = "3" }, TestUsers.Add);
        await using var one = await StreamableClient.ConnectAsync(gateway, "shared/mcp", user: "alice");
        await using var two = await StreamableClient.ConnectAsync(gateway, "user/mcp", user: "alice");
        await using var three = await StreamableClient.ConnectAsync(gateway, "session/mcp", user: "alice");

        foreach (var server in servers.Select(server => server.Key))
        {
            await using var fourth = StreamableClient.Create(gateway, $"{server}/mcp", "alice");
            using var refused = await fourth.PostAsync(Rpc.Initialize("7"));
            Assert.Equal((429, -32003), (refused.Status, (await refused.JsonAsync()).Code()));
            await using var bob = await StreamableClient.ConnectAsync(gateway, $"{server}/mcp", user: "bob");
        }

        Assert.Equal(204, await two.DeleteAsync());
        two.SessionId = null;
        await Eventually.TrueAsync(() => OpensAsync(gateway, "shared/mcp", "alice"), "there is room again", TestHttp.Timeout);
    }

    [Fact]
    public async Task Session_ThatNeedsAChildTooMany_IsRefusedUntilThereIsRoom()
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync(
            "user", children.Flags, new() { ["maxProcesses"] = 1, ["idleTimeout"] = "00:00:01", ["onExit"] = "terminate" });
        var first = await StreamableClient.ConnectAsync(gateway, user: "alice");
        // Open streams keep the sessions, and so the child, while the others try.
        using var stream = await first.OpenStreamAsync();
        var second = await SseClient.ConnectAsync(gateway, user: "alice");
        Assert.Equal(await first.PidAsync(), await second.PidAsync());

        foreach (var (user, capabilities) in (ValueTuple<string, string>[])[("bob", "{}"), ("alice", """{"sampling":{}}""")])
        {
            await using var client = StreamableClient.Create(gateway, user: user);
            using var refused = await client.PostAsync(Rpc.Initialize("7", capabilities: capabilities));
            var message = await refused.JsonAsync();
            Assert.Equal((503, -32003, 7), (refused.Status, message.Code(), message.Get("id").GetInt32()));
            Assert.NotNull(refused.Header("Retry-After"));
            Assert.Null(refused.Header("Mcp-Session-Id"));
        }

        using var sessionless = await new PlainClient(gateway, user: "bob").PostAsync(Rpc.Request("7", "ping"));
        Assert.Equal((503, -32003), (sessionless.Status, (await sessionless.JsonAsync()).Code()));
        Assert.Single(children.Started);

        await first.DisposeAsync();
        await second.DisposeAsync();
        await Eventually.TrueAsync(() => OpensAsync(gateway, "test/mcp", "bob"), "there is room again", TestHttp.Timeout);
    }

    [Fact]
    public async Task Sessions_OfManyUsers_OnASharedChild_NeedOneProcess()
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync("shared", children.Flags, new() { ["maxProcesses"] = 1 });

        foreach (var user in (string[])["alice", "bob", "carol"])
        {
            await using var client = await StreamableClient.ConnectAsync(gateway, user: user);
            await using var sse = await SseClient.ConnectAsync(gateway, user: user);
            Assert.Equal(user, (await sse.CallAsync("echo", new { text = user })).Text());
            Assert.Equal(user, (await new PlainClient(gateway, user: user).CallAsync("echo", new { text = user })).Text());
        }

        Assert.Single(children.Started);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Session_RefusedForItsUsersLimit_StartsNoChild(string isolation)
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync(
            isolation, children.Flags, settings: new() { ["Limits:SessionsPerUser"] = "1" });
        await using var first = await StreamableClient.ConnectAsync(gateway, user: "alice");

        await using var second = StreamableClient.Create(gateway, user: "alice");
        using var refused = await second.PostAsync(Rpc.Initialize("7", capabilities: """{"sampling":{}}"""));

        Assert.Equal(429, refused.Status);
        Assert.Single(children.Started);
    }

    private static async Task<bool> OpensAsync(TestGateway gateway, string path, string user)
    {
        await using var client = StreamableClient.Create(gateway, path, user);
        using var answer = await client.PostAsync(Rpc.Initialize());
        client.SessionId = answer.Header("Mcp-Session-Id");
        return answer.Status == 200;
    }
}
