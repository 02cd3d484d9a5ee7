using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

public sealed class LimitTests
{
    public static TheoryData<string?, string?, int> Limits { get; } = new()
    {
        { null, null, 503 },
        { "Limits:Sessions", "1", 503 },
        { "Limits:SessionsPerUser", "1", 429 },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Session_OverALimit_IsRefusedUntilThereIsRoom(string? setting, string? value, int status)
    {
        using var children = new ChildProcesses();
        var keys = new JsonObject { ["maxProcesses"] = setting is null ? 1 : 64, ["onExit"] = "terminate" };
        var settings = setting is null ? null : new Dictionary<string, string?> { [setting] = value };
        await using var gateway = await TestGateway.StartWithTestServerAsync(children.Flags, keys, settings);
        var first = await StreamableClient.ConnectAsync(gateway);
        await using var second = StreamableClient.Create(gateway);

        using var refused = await second.PostAsync(Rpc.Initialize("7"));
        using var stream = await TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, "test/sse"));

        var message = await refused.JsonAsync();
        Assert.Equal((status, -32003, 7), (refused.Status, message.Code(), message.Get("id").GetInt32()));
        Assert.Equal((status, -32003), (stream.Status, (await stream.JsonAsync()).Code()));
        Assert.True(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Null(refused.Header("Mcp-Session-Id"));
        Assert.Single(children.Started);

        await first.DisposeAsync();
        await children.GoneAsync();
        await Eventually.TrueAsync(() => OpensAsync(gateway), "there is room again", TestHttp.Timeout);
    }

    [Fact]
    public async Task Process_OverTheLimit_TakesThePlaceOfTheLongestIdleOne()
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartWithTestServerAsync(children.Flags, new() { ["maxProcesses"] = 2 });
        await using var first = await StreamableClient.ConnectAsync(gateway);
        await using var second = await StreamableClient.ConnectAsync(gateway);
        var (pidOfFirst, pidOfSecond) = (await first.PidAsync(), await second.PidAsync());
        await using var third = await StreamableClient.ConnectAsync(gateway);
        await third.PidAsync();
        Assert.NotEqual(pidOfFirst, await first.PidAsync()); // its session was there all the time
        Assert.NotEqual(pidOfSecond, await second.PidAsync()); // as it was the longest idle one by then
    }

    [Fact]
    public async Task Process_OverTheLimitWithAllInUse_IsRefusedWithATimeToComeBack()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(keys: new() { ["maxProcesses"] = 1 });
        await using var first = await StreamableClient.ConnectAsync(gateway);
        await using var second = await StreamableClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""");
        using var call = await PendingSample.BeginAsync(second); // its child owes an answer, and the first one's sleeps

        var refused = await first.CallAsync("pid");

        Assert.Equal(-32003, refused.Code());
        var data = refused.Get("error").Get("data");
        Assert.Equal("test", data.Get("server").GetString());
        Assert.True(data.Get("retryAfterMs").GetInt64() > 0);
        using var accepted = await second.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("done")));
        Assert.Equal("done", Assert.Single(await call.Stream.AllAsync()).Text());
        await first.PidAsync();
    }

    [Fact]
    public async Task Process_OfCallsWithoutASession_CountsToo()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            keys: new() { ["maxProcesses"] = 1, ["onExit"] = "terminate" });
        await using var client = await StreamableClient.ConnectAsync(gateway);

        using var refused = await new PlainClient(gateway).PostAsync(Rpc.Request("7", "ping"));

        Assert.Equal((503, -32003), (refused.Status, (await refused.JsonAsync()).Code()));
        Assert.NotNull(refused.Header("Retry-After"));
    }

    [Fact]
    public async Task Session_ThatCouldNotBeStarted_GivesItsPlaceBack()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            ["--exit-at-start", "1"], new() { ["maxProcesses"] = 1 }, new() { ["Limits:Sessions"] = "1" });
        await using var client = StreamableClient.Create(gateway);

        for (var attempt = 0; attempt < 3; attempt++)
            await Eventually.TrueAsync(() => FailsToStartAsync(client), "there is room for another attempt", TestHttp.Timeout);
    }

    private static async Task<bool> OpensAsync(TestGateway gateway)
    {
        await using var client = StreamableClient.Create(gateway);
        using var answer = await client.PostAsync(Rpc.Initialize());
        client.SessionId = answer.Header("Mcp-Session-Id");
        return answer.Status == 200;
    }

    private static async Task<bool> FailsToStartAsync(StreamableClient client)
    {
        using var answer = await client.PostAsync(Rpc.Initialize());
        if (answer.Status == 503)
            return false;
        Assert.Equal(-32603, Assert.Single(await answer.AllAsync()).Code());
        return true;
    }
}
