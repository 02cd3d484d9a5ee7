using System.Collections.Concurrent;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>A response reaches only the client that sent the request.</summary>
public sealed class RoutingTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static readonly int Rounds = Stress.Times(100);

    [Theory]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Plain)]
    public async Task TwoClients_WithTheSameIdInFlight_EachGetTheirOwnReply(Wire wire)
    {
        await using var one = await shared.Gateway.ConnectAsync(wire);
        await using var two = await shared.Gateway.ConnectAsync(wire);
        var misrouted = new ConcurrentQueue<string>();

        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(AskAsync(one, $"one {round}"), AskAsync(two, $"two {round}"));

        Assert.Empty(misrouted);
        Assert.Empty(Rest(one).Concat(Rest(two)));

        async Task AskAsync(IRawClient client, string text)
        {
            var reply = (await client.AskAsync(Rpc.Call("77", "echo", new { text }), "77")).Text();
            if (reply != text)
                misrouted.Enqueue($"{text} got {reply}");
        }
    }

    [Fact]
    public async Task Progress_OfTwoSessionsWithTheSameToken_GoesToEachCallsOwnClient()
    {
        await using var one = await SseClient.ConnectAsync(shared.Gateway);
        await using var two = await SseClient.ConnectAsync(shared.Gateway);

        await Task.WhenAll(
            one.AskAsync(Rpc.Call("1", "progress", new { steps = 3 }, "1"), "1"),
            two.AskAsync(Rpc.Call("1", "progress", new { steps = 5 }, "1"), "1"));

        Assert.Equal([3, 3, 3], one.Inbox.Rest.Select(message => message.Get("params").Get("total").GetInt32()));
        Assert.Equal([5, 5, 5, 5, 5], two.Inbox.Rest.Select(message => message.Get("params").Get("total").GetInt32()));
    }

    [Theory]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Streamable)]
    public async Task Calls_OfOneSession_AreAnsweredSideBySide(Wire wire)
    {
        await using var client = await shared.Gateway.ConnectAsync(wire);

        var hanging = client.CallAsync("delay", new { ms = 20_000, text = "slow" });
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => client.CallAsync("echo", new { text = $"{n}" })));

        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"{n}"), others.Select(answer => answer.Text()));
        Assert.False(hanging.IsCompleted);
    }

    private static IEnumerable<string> Rest(IRawClient client) =>
        client is SseClient sse ? sse.Inbox.Rest.Select(message => message.GetRawText()) : [];
}
