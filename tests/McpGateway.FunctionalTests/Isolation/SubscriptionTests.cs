using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Subscriptions to resources. The child itself reports only what it believes is subscribed to.</summary>
public sealed class SubscriptionTests
{
    private const string Counter = "test://counter";

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Update_OfAResource_ReachesItsSubscribersAlone(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two, other) = (await child.JoinAsync(), await child.JoinAsync(), await child.JoinAsync());
        await SubscribeAsync(one, Counter);
        await SubscribeAsync(two, Counter);
        await SubscribeAsync(other, "test://fixed");

        await other.CallAsync("touch");
        await child.SettleAsync();

        Assert.Equal([Counter], Updates(one));
        Assert.Equal([Counter], Updates(two));
        Assert.Empty(Updates(other));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Update_BelowASubscribedUri_ReachesItsSubscribers(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (parent, slash, prefix, below) =
            (await child.JoinAsync(), await child.JoinAsync(), await child.JoinAsync(), await child.JoinAsync());
        await SubscribeAsync(parent, "test://dir");
        await SubscribeAsync(slash, "test://dir/");
        await SubscribeAsync(prefix, "test://di");
        await SubscribeAsync(below, "test://dir/file/part");

        await parent.CallAsync("touch", new { uri = "test://dir/file" });
        await child.SettleAsync();

        Assert.Equal(["test://dir/file"], Updates(parent));
        Assert.Equal(["test://dir/file"], Updates(slash));
        Assert.Empty(Updates(prefix));
        Assert.Empty(Updates(below));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Subscriptions_ToOneResource_AreCounted(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two, three) = (await child.JoinAsync(), await child.JoinStreamableAsync(), await child.JoinAsync());
        foreach (var client in (IRawClient[])[one, two, three])
            await SubscribeAsync(client, Counter);

        await UnsubscribeAsync(two, Counter);
        await UnsubscribeAsync(one, Counter);
        await three.CallAsync("touch");
        await child.SettleAsync();
        var before = await CountAsync(three);
        await UnsubscribeAsync(three, Counter);

        Assert.Equal([Counter], Updates(three));
        Assert.Empty(Updates(one));
        Assert.Equal((1, 0), before);
        Assert.Equal((1, 1), await CountAsync(three));
        Assert.Empty(await SubscribedAsync(three));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Unsubscribing_WhatOnlyOthersSubscribedTo_TakesNothingFromThem(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (subscriber, other) = (await child.JoinAsync(), await child.JoinAsync());
        await SubscribeAsync(subscriber, Counter);

        await UnsubscribeAsync(other, Counter);
        await other.CallAsync("touch");
        await child.SettleAsync();

        Assert.Equal([Counter], Updates(subscriber));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Session_SubscribingTwice_CountsOnce(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var client = await child.JoinAsync();
        await SubscribeAsync(client, Counter);
        await SubscribeAsync(client, Counter);

        await UnsubscribeAsync(client, Counter);

        Assert.Empty(await SubscribedAsync(client));
    }

    [Theory]
    [InlineData("user", Wire.Sse)]
    [InlineData("user", Wire.Streamable)]
    [InlineData("shared", Wire.Sse)]
    [InlineData("shared", Wire.Streamable)]
    public async Task End_OfASession_Unsubscribes(string isolation, Wire wire)
    {
        await using var child = await OneChild.StartAsync(isolation);
        IRawClient leaves = wire is Wire.Sse ? await child.JoinAsync() : await child.JoinStreamableAsync();
        var stays = await child.JoinAsync();
        await SubscribeAsync(leaves, Counter);
        await SubscribeAsync(leaves, "test://fixed");
        await SubscribeAsync(stays, "test://fixed");
        Assert.Equal([Counter, "test://fixed"], await SubscribedAsync(stays));

        await leaves.DisposeAsync();

        await Eventually.TrueAsync(
            async () => await SubscribedAsync(stays) is ["test://fixed"],
                "what was the leaver's is unsubscribed", TestHttp.Timeout);
        await stays.CallAsync("touch", new { uri = "test://fixed" });
        await child.SettleAsync();
        Assert.Equal(["test://fixed"], Updates(stays));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Subscribing_WithoutAUri_FailsAsTheChildSays(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var client = await child.JoinStreamableAsync();

        Assert.Equal(-32602, (await client.AskAsync(Rpc.Request("7", "resources/subscribe"), "7")).Code());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Subscriptions_ChangedAtOnce_EndAsTheLastRequestsSaid(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var clients = new List<SseClient>();
        for (var number = 0; number < 6; number++)
            clients.Add(await child.JoinAsync());

        // Each settles on its own resource and leaves the common one, after much to and fro.
        await Task.WhenAll(clients.Select(async (client, number) =>
        {
            for (var round = 0; round < 20; round++)
            {
                await SubscribeAsync(client, "test://common");
                await SubscribeAsync(client, $"test://{number % 3}");
                await UnsubscribeAsync(client, "test://common");
            }
        }));

        Assert.Equal(["test://0", "test://1", "test://2"], await SubscribedAsync(clients[0]));
        await clients[0].CallAsync("touch", new { uri = "test://1" });
        await child.SettleAsync();
        Assert.Equal([0, 1, 0, 0, 1, 0], clients.Select(client => Updates(client).Length));
    }

    private static async Task SubscribeAsync(IRawClient client, string uri) => await AskAsync(client, "resources/subscribe", uri);

    private static async Task UnsubscribeAsync(IRawClient client, string uri) =>
        await AskAsync(client, "resources/unsubscribe", uri);

    private static async Task AskAsync(IRawClient client, string method, string uri)
    {
        var id = client.NextId();
        var answer = await client.AskAsync(Rpc.Request(id, method, $$"""{"uri":"{{uri}}"}"""), id);
        Assert.Equal("{}", answer.Get("result").GetRawText());
    }

    // What the child believes, without changing anything that somebody could be subscribed to.
    private static async Task<string[]> SubscribedAsync(IRawClient client)
    {
        var touched = await client.CallAsync("touch", new { uri = "unknown://nothing" });
        return [.. touched.Structured().Get("subscriptions").EnumerateArray().Select(uri => uri.GetString()!)];
    }

    private static async Task<(int Subscribed, int Unsubscribed)> CountAsync(IRawClient client)
    {
        var received = await client.ReceivedAsync();
        return (received.Count(name => name == "resources/subscribe"), received.Count(name => name == "resources/unsubscribe"));
    }

    private static string[] Updates(SseClient client) =>
    [
        .. client.Inbox.Rest.Where(message => message.Method() == "notifications/resources/updated")
            .Select(message => message.Get("params").Get("uri").GetString()!),
    ];
}
