using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Isolation;

namespace McpGateway.FunctionalTests.Limits;

/// <summary>How many requests of one client are in flight at a time.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Requests_OfFiftyParallelClients_AreInFlightWaitOrAreRefused()
    {
        await using var gateway = await StartAsync(concurrency: 2, queue: 3);
        await using var bob = await StreamableClient.ConnectAsync(gateway, user: "bob");
        var calls = Enumerable.Range(0, 50).Select(i => GatedAsync(gateway, i)).ToArray();
        await Eventually.TrueAsync(() => calls.Count(call => call.IsCompleted) == 45, "all but five are answered");
        foreach (var call in calls.Where(call => call.IsCompleted))
            Assert.Equal(429, (await call).Status);

        // The child has what is in flight; the other user's calls pass by.
        Assert.Equal(2, (await bob.ReceivedAsync()).Count(name => name == "tools/call echo"));
        var waiting = calls.Index().Where(call => !call.Item.IsCompleted).ToArray();
        await Task.WhenAll(waiting.Select(async call =>
        {
            await using var opener = new PlainClient(gateway, user: $"opener{call.Index}");
            await opener.CallAsync("open", new { name = $"g{call.Index}" });
        }));
        foreach (var (index, call) in waiting)
            Assert.Equal((200, $"g{index}"), await call);
        Assert.Equal(200, await StatusAsync(gateway, "echo", new { text = "x" }));
    }

    [Fact]
    public async Task Stream_ThatIsOpen_HoldsNoPermit()
    {
        await using var gateway = await StartAsync(concurrency: 1, queue: 0);
        await using var client = await StreamableClient.ConnectAsync(gateway, user: "alice");
        using var stream = await client.OpenStreamAsync();
        await using var sse = await SseClient.ConnectAsync(gateway, user: "alice");
        Assert.Equal("hi", (await client.CallAsync("echo", new { text = "hi" })).Text());
        Assert.Equal("hi", (await sse.CallAsync("echo", new { text = "hi" })).Text());
    }

    [Fact]
    public async Task Ping_WhileAllPermitsAreTaken_IsAnsweredAtOnce()
    {
        await using var gateway = await StartAsync(concurrency: 1, queue: 0);
        await using var client = await SseClient.ConnectAsync(gateway, user: "alice");
        await client.SendAsync(Rpc.Call("1", "hang"));
        using (var refused = await client.PostAsync(Rpc.Call("2", "echo", new { text = "hi" })))
            Assert.Equal(429, refused.Status);
        Assert.True((await client.AskAsync(Rpc.Request("3", "ping"), "3")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Request_ThatIsCancelled_GivesItsPermitBack_AlsoWhileItWaits()
    {
        await using var gateway = await StartAsync(concurrency: 1, queue: 1);
        await using var client = await SseClient.ConnectAsync(gateway, user: "alice");
        using (var inFlight = await client.PostAsync(Rpc.Call("1", "hang")))
            Assert.Equal(202, inFlight.Status);
        // Of two more one waits, whichever comes first.
        var others = new[] { "2", "3" }.ToDictionary(id => client.PostAsync(Rpc.Call(id, "echo", new { text = "never" })));
        var refused = await Task.WhenAny(others.Keys);
        Assert.Equal(429, (await refused).Status);
        var (waiting, waitingId) = others.Single(other => other.Key != refused);

        var cancellation = $$"""{"requestId":{{waitingId}}}""";
        using (var cancelled = await client.PostAsync(Rpc.Notification("notifications/cancelled", cancellation)))
            Assert.Equal(202, cancelled.Status);
        (await waiting).Dispose();
        using (var cancelled = await client.PostAsync(Rpc.Notification("notifications/cancelled", """{"requestId":1}""")))
            Assert.Equal(202, cancelled.Status);
        Assert.Equal("hi", (await client.CallAsync("echo", new { text = "hi" })).Text());
    }

    [Fact]
    public async Task Session_ThatEnds_GivesItsPermitsBack()
    {
        await using var gateway = await StartAsync(concurrency: 1, queue: 0);
        var client = await StreamableClient.ConnectAsync(gateway, user: "alice");
        var hanging = client.PostAsync(Rpc.Call("1", "hang"));
        await Eventually.TrueAsync(() => HasReceivedAsync(gateway), "the call is in flight", TestHttp.Timeout);
        await client.DisposeAsync();
        (await hanging).Dispose();
        await Eventually.TrueAsync(
            async () => await StatusAsync(gateway, "echo", new { text = "x" }) == 200, "the permit is back", TestHttp.Timeout);
    }

    [Fact]
    public async Task Batch_WithMoreThanMayBe_HasTheOthersRefusedByTheirIds()
    {
        await using var gateway = await StartAsync(concurrency: 1, queue: 1);
        await using var client = await StreamableClient.ConnectAsync(gateway, version: "2025-03-26", user: "alice");
        var call = (string id) => Rpc.Call(id, "delay", new { ms = 50, text = id });
        using var answer = await client.PostAsync($"[{call("1")},{call("2")},{call("3")}]");
        var messages = await answer.AllAsync();
        Assert.Equal(-32003, messages.Single(message => message.IsAnswerTo("3")).Code());
        Assert.Equal(2, messages.Count(message => message.TryGetProperty("result", out _)));
    }

    private static Task<TestGateway> StartAsync(int concurrency, int queue) => OneChild.StartGatewayAsync(
        "shared", keys: new() { ["rateLimit"] = new JsonObject { ["concurrency"] = concurrency, ["queue"] = queue } });

    private static async Task<bool> HasReceivedAsync(TestGateway gateway)
    {
        var bob = new PlainClient(gateway, user: "bob");
        return (await bob.ReceivedAsync()).Contains("tools/call hang");
    }

    private static async Task<(int Status, string? Text)> GatedAsync(TestGateway gateway, int index)
    {
        using var answer = await new PlainClient(gateway, user: "alice").PostAsync(
            Rpc.Call("1", "echo", new { text = $"g{index}", gate = $"g{index}" }));
        return (answer.Status, answer.Status == 200 ? (await answer.JsonAsync()).Text() : null);
    }

    private static async Task<int> StatusAsync(TestGateway gateway, string tool, object arguments)
    {
        using var answer = await new PlainClient(gateway, user: "alice").PostAsync(Rpc.Call("1", tool, arguments));
        return answer.Status;
    }
}
