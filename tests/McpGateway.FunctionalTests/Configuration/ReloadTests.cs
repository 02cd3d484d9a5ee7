using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Configuration;

public sealed class ReloadTests
{
    [Fact]
    public async Task Server_AddedToTheFile_Appears()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        Assert.Equal(404, await StatusAsync(gateway, "second/message"));

        await gateway.RewriteAsync(WithSecond(Json()).ToJsonString());

        Assert.Equal("hello",
            (await new PlainClient(gateway, "second/message").CallAsync("echo", new { text = "hello" })).Text());
    }

    [Fact]
    public async Task Server_AddedToTheFile_AppearsByItself()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();

        await File.WriteAllTextAsync(gateway.ConfigFile, WithSecond(Json()).ToJsonString(), TestHttp.Token);

        await Eventually.TrueAsync(
            async () => await StatusAsync(gateway, "second/message") == 200, "the new server is served", TestHttp.Timeout);
    }

    [Fact]
    public async Task Server_RemovedFromTheFile_VanishesWithItsSessions()
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartAsync(WithSecond(Json(children.Flags)).ToJsonString());
        await using var client = await StreamableClient.ConnectAsync(gateway);
        var json = WithSecond(Json(children.Flags));
        json["mcpServers"]!.AsObject().Remove("test");
        json["default"] = "second";

        await gateway.RewriteAsync(json.ToJsonString());

        using var gone = await client.PostAsync(Rpc.Request("7", "ping"));
        Assert.Equal((404, -32001), (gone.Status, (await gone.JsonAsync()).Code()));
        await children.GoneAsync();
        Assert.Equal(200, await StatusAsync(gateway, "second/message"));
        Assert.Equal(200, await StatusAsync(gateway, "message"));
    }

    [Fact]
    public async Task Arguments_Changed_EndTheSessionsAfterTheirCallsInFlight()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await StreamableClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""");
        await using var sse = await SseClient.ConnectAsync(gateway);
        using var call = await PendingSample.BeginAsync(client);

        await gateway.RewriteAsync(Json(["--", "changed"]).ToJsonString());

        using var refused = await client.PostAsync(Rpc.Call("7", "echo", new { text = "x" }));
        Assert.Equal((404, -32001), (refused.Status, (await refused.JsonAsync()).Code()));
        using var answered = await client.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("completed")));
        Assert.Equal("completed", Assert.Single(await call.Stream.AllAsync()).Text());
        await sse.Reading.WaitAsync(TestHttp.Timeout, TestHttp.Token);
        var seen = (await new PlainClient(gateway).CallAsync("args")).Structured().Get("args");
        Assert.Equal("changed", seen[1].GetString());
    }

    [Fact]
    public async Task RequestTimeout_Changed_HoldsForLivingSessions()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await StreamableClient.ConnectAsync(gateway);
        var pid = await client.PidAsync();

        await gateway.RewriteAsync(Json(keys: new() { ["requestTimeout"] = "00:00:01" }).ToJsonString());

        Assert.Contains("requestTimeout", (await client.CallAsync("hang")).ErrorMessage(), StringComparison.Ordinal);
        Assert.Equal(pid, await client.PidAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"mcpServers":{"Bad Name":{"command":"x"}}}""")]
    [InlineData("""{"mcpServers":{"test":{"command":"${NO_SUCH_VARIABLE_HERE}"}}}""")]
    public async Task File_ThatIsNotValid_KeepsTheLastGoodOne(string json)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await StreamableClient.ConnectAsync(gateway);

        await gateway.RewriteAsync(json);

        Assert.Equal("hello", (await client.CallAsync("echo", new { text = "hello" })).Text());
        Assert.Equal(200, await StatusAsync(gateway, "test/message"));
        await gateway.RewriteAsync(WithSecond(Json()).ToJsonString());
        Assert.Equal(200, await StatusAsync(gateway, "second/message"));
    }

    [Fact]
    public async Task Aliases_WhenDefaultChanges_Follow()
    {
        var json = WithSecond(Json());
        await using var gateway = await TestGateway.StartAsync(json.ToJsonString());
        Assert.Empty(await ArgumentsOfDefaultAsync(gateway));

        json["default"] = "second";
        await gateway.RewriteAsync(json.ToJsonString());
        Assert.Equal(["--", "second"], await ArgumentsOfDefaultAsync(gateway));

        json.Remove("default");
        await gateway.RewriteAsync(json.ToJsonString());
        foreach (var path in (string[])["message", "mcp", "sse"])
            Assert.Equal(404, await StatusAsync(gateway, path));
        Assert.Equal(200, await StatusAsync(gateway, "second/message"));
    }

    [Theory]
    [InlineData("nowhere/mcp")]
    [InlineData("nowhere/sse")]
    [InlineData("nowhere/message")]
    [InlineData("nowhere")]
    [InlineData("test/other")]
    [InlineData("")]
    public async Task Path_ThatIsNoServers_IsNotFound(string path)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        using var answer = await TestHttp.SendAsync(HttpMethod.Post, new Uri(gateway.BaseAddress, path),
            TestHttp.Json(Rpc.Initialize()));

        Assert.Equal((404, -32001), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    private static JsonObject Json(string[]? arguments = null, JsonObject? keys = null) =>
        TestGateway.TestServerJson(arguments, keys);

    private static JsonObject WithSecond(JsonObject json)
    {
        var second = json["mcpServers"]!["test"]!.DeepClone().AsObject();
        second["args"]!.AsArray().Add("--");
        second["args"]!.AsArray().Add("second");
        json["mcpServers"]!["second"] = second;
        return json;
    }

    private static async Task<string[]> ArgumentsOfDefaultAsync(TestGateway gateway)
    {
        var seen = (await new PlainClient(gateway, "message").CallAsync("args")).Structured().Get("args");
        return [.. seen.EnumerateArray().Select(item => item.GetString()!)];
    }

    private static async Task<int> StatusAsync(TestGateway gateway, string path)
    {
        var uri = new Uri(gateway.BaseAddress, path);
        using var answer = await TestHttp.SendAsync(HttpMethod.Post, uri, TestHttp.Json(Rpc.Request("1", "ping")));
        return answer.Status;
    }
}
