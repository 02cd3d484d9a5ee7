using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

public sealed class TimeoutTests
{
    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Call_WithoutAnswer_FailsNamingTheServerAndIsCancelled(Wire wire)
    {
        await using var gateway = await StartAsync(requestTimeout: "00:00:03");
        await using var client = await gateway.ConnectAsync(wire);
        await client.CallAsync("echo", new { text = "the child has started" });

        var answer = await client.AskAsync(Rpc.Call("7", "hang"), "7");

        Assert.Equal(-32603, answer.Code());
        Assert.Equal("test", answer.Get("error").Get("data").Get("server").GetString());
        Assert.Contains("requestTimeout", answer.ErrorMessage(), StringComparison.Ordinal);
        var seen = Assert.Single((await client.CallAsync("cancelled")).Structured().Get("cancelled").EnumerateArray());
        Assert.True(seen.Get("inFlight").GetBoolean());
    }

    [Fact]
    public async Task Progress_OfACall_BeginsItsTimeAnew()
    {
        await using var gateway = await StartAsync(requestTimeout: "00:00:01");
        await using var client = await StreamableClient.ConnectAsync(gateway);

        using var answer = await client.PostAsync(Rpc.Call("7", "progress", new { steps = 5, delayMs = 400 }, "1"));

        Assert.Equal("done", (await answer.AllAsync())[^1].Text());
    }

    [Fact]
    public async Task RequestMaximum_OfACall_HoldsWhateverItsProgress()
    {
        await using var gateway = await StartAsync(requestTimeout: "00:00:01", new() { ["requestMaximum"] = "00:00:02" });
        await using var client = await StreamableClient.ConnectAsync(gateway);

        using var answer = await client.PostAsync(Rpc.Call("7", "progress", new { steps = 1000, delayMs = 100 }, "1"));

        Assert.Contains("requestMaximum", (await answer.AllAsync())[^1].ErrorMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_ToTheClient_StopsTheTimeOfItsCall()
    {
        await using var gateway = await StartAsync(requestTimeout: "00:00:01");
        await using var client = await StreamableClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""");
        using var call = await PendingSample.BeginAsync(client);

        // Another call times out meanwhile: the time for both has passed.
        Assert.Contains("requestTimeout", (await client.CallAsync("hang")).ErrorMessage(), StringComparison.Ordinal);
        using var accepted = await client.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("thought long")));

        Assert.Equal("thought long", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    private static Task<TestGateway> StartAsync(string requestTimeout, JsonObject? keys = null)
    {
        keys ??= [];
        keys["requestTimeout"] = requestTimeout;
        return TestGateway.StartWithTestServerAsync(keys: keys);
    }
}
