using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

public sealed class CancellationTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Cancelled = "notifications/cancelled";

    [Fact]
    public async Task Cancellation_OfACall_ReachesTheChildUnderItsOwnIdAndEndsThePost()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        using var call = await PendingSample.BeginAsync(client, "\"mine\"");

        using var accepted = await client.PostAsync(
            Rpc.Notification(Cancelled, """{"requestId":"mine","reason":"on purpose"}"""));

        Assert.Equal(202, accepted.Status);
        Assert.Empty(await call.Stream.AllAsync());
        var seen = Assert.Single((await client.CallAsync("cancelled")).Structured().Get("cancelled").EnumerateArray());
        Assert.True(seen.Get("inFlight").GetBoolean());
        Assert.Equal("on purpose", seen.Get("reason").GetString());
        Assert.NotEqual("mine", seen.Get("requestId").ToString());
    }

    [Fact]
    public async Task Cancellation_OverSse_ReachesTheChildUnderItsOwnId()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);
        await client.SendAsync(Rpc.Call("\"mine\"", "hang"));
        await client.CallAsync("echo", new { text = "by now the child has read the first" });

        await client.SendAsync(Rpc.Notification(Cancelled, """{"requestId":"mine"}"""));

        var seen = Assert.Single((await client.CallAsync("cancelled")).Structured().Get("cancelled").EnumerateArray());
        Assert.True(seen.Get("inFlight").GetBoolean());
        Assert.Empty(client.Inbox.Rest);
    }

    [Fact]
    public async Task Id_OfACancelledCall_CanBeUsedAgain()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        using var call = await PendingSample.BeginAsync(client, "7");
        await call.CancelAsync(client);

        Assert.Equal("again", (await client.AskAsync(Rpc.Call("7", "echo", new { text = "again" }), "7")).Text());
    }

    [Fact]
    public async Task Answer_ToACancelledCall_IsDropped()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        await client.SendAsync(Rpc.Call("7", "sample", new { prompt = "?" }));
        var question = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");
        await client.SendAsync(Rpc.Notification(Cancelled, """{"requestId":7}"""));

        // It makes the child answer the call all the same, before it reports.
        await client.SendAsync(Rpc.Result(question, Rpc.Sampled("late")));
        Assert.Contains("answer", await client.ReceivedAsync());
        await client.CallAsync("delay", new { ms = 100, text = "and a little more" });

        Assert.Empty(client.Inbox.Rest);
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    public async Task Cancellation_OfAnotherSessionsCall_DoesNothing(Wire wire)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        await using var other = await shared.Gateway.ConnectAsync(wire);
        using var call = await PendingSample.BeginAsync(client, "7");

        using var accepted = await other.PostAsync(Rpc.Notification(Cancelled, """{"requestId":7}"""));

        Assert.DoesNotContain(Cancelled, await client.ReceivedAsync());
        Assert.DoesNotContain(Cancelled, await other.ReceivedAsync());
        using var answered = await client.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("still here")));
        Assert.Equal("still here", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    [Fact]
    public async Task Disconnect_OfACall_IsNoCancellation()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        using var stream = await client.OpenStreamAsync();
        using (var call = await PendingSample.BeginAsync(client))
            Assert.NotNull(call.Question.Method());

        Assert.DoesNotContain(Cancelled, await client.ReceivedAsync());
        Assert.Equal("alive", (await client.CallAsync("echo", new { text = "alive" })).Text());
    }
}
