using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>
/// A client that does not read its stream. With a child of its own it would slow that child down; here it must not slow the
/// others, so its queue holds more, and then it loses its stream at once.
/// </summary>
public sealed class SlowClientTests
{
    private const int Burst = 1000;
    private const int Bytes = 1000;

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Client_ThatReadsLate_HasMissedNothing(string isolation)
    {
        await using var child = await StartAsync(isolation);
        var (reads, late) = (await child.JoinStreamableAsync(), await child.JoinStreamableAsync());
        using var unread = await late.OpenStreamAsync();

        // More than the sockets and an ordinary queue (1,024) hold, fewer than sixteen times as many.
        const int Bursts = 14;
        for (var burst = 0; burst < Bursts; burst++)
            await FloodAsync(reads);

        for (var message = 0; message < Bursts * Burst; message++)
            Assert.Equal(OneChild.ListChanged, (await unread.NextAsync())?.Method());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Client_ThatDoesNotRead_LosesItsStreamAndSlowsNobody(string isolation)
    {
        await using var child = await StartAsync(isolation);
        var (reads, dead) = (await child.JoinStreamableAsync(), await child.JoinStreamableAsync());
        using var unread = await dead.OpenStreamAsync();

        const int Bursts = 45;
        for (var burst = 0; burst < Bursts; burst++)
            await FloodAsync(reads);

        Assert.InRange(await CountToTheEndAsync(unread), 1, (Bursts * Burst) - 1);
        // Its session goes on, and it can get back in.
        using var again = await dead.OpenStreamAsync();
        await reads.CallAsync("notify", new { method = "notifications/prompts/list_changed" });
        while ((await again.NextAsync())!.Value.Method() != "notifications/prompts/list_changed")
            continue; // what was held for it while it had no stream
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task SseClient_ThatDoesNotRead_LosesItsSessionAndSlowsNobody(string isolation)
    {
        await using var child = await StartAsync(isolation);
        var reads = await child.JoinStreamableAsync();
        using var unread = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(child.Gateway.BaseAddress, "test/sse"), null,
            [("Accept", "text/event-stream"), .. TestUsers.HeaderOf(reads.User)]);
        var endpoint = new Uri(child.Gateway.BaseAddress, (await unread.NextEventAsync())!.Data);
        Assert.Equal(202, await PostAsync(endpoint, reads.User, Rpc.Initialize("1")));
        Assert.Equal(202, await PostAsync(endpoint, reads.User, Rpc.Notification("notifications/initialized")));

        for (var burst = 0; burst < 45; burst++)
            await FloodAsync(reads);

        await Eventually.TrueAsync(
            async () => await PostAsync(endpoint, reads.User, Rpc.Request("2", "ping")) == 404,
            "its session is gone", TestHttp.Timeout);
    }

    // Were the child's other sessions to wait the ten seconds that a session's own child waits, their calls would time out.
    private static Task<OneChild> StartAsync(string isolation) =>
        OneChild.StartAsync(isolation, keys: new() { ["requestTimeout"] = "00:00:05" });

    // Each burst is read in full before the next, so that only the client that does not read falls behind.
    private static async Task FloodAsync(StreamableClient client)
    {
        using var answer = await client.PostAsync(Rpc.Call(
            client.NextId(), "flood", new { count = Burst, bytes = Bytes, method = OneChild.ListChanged }));
        var messages = await answer.AllAsync();
        Assert.Equal("flooded", messages[^1].Text());
        Assert.Equal(Burst + 1, messages.Count);
    }

    private static async Task<int> CountToTheEndAsync(Answer stream)
    {
        var count = 0;
        try
        {
            while (await stream.NextAsync() is not null)
                count++;
        }
        catch (IOException)
        {
            // It was cut in the middle.
        }

        return count;
    }

    private static async Task<int> PostAsync(Uri endpoint, string? user, string body)
    {
        using var answer = await TestHttp.SendAsync(HttpMethod.Post, endpoint, TestHttp.Json(body), TestUsers.HeaderOf(user));
        return answer.Status;
    }
}
