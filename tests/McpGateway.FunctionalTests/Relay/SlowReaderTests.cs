using System.Globalization;
using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.FunctionalTests.Relay;

/// <summary>
/// Who does not read, or says too much, is the only one who notices, and what waits meanwhile is bounded: docs/architecture.md,
/// "What happens when it is full". Clients on a shared child are in Isolation/SlowClientTests.
/// </summary>
public sealed class SlowReaderTests
{
    // One long line of each kind that may be on its way beside a queue.
    private const long Slack = 1024 * 1024;

    // 32 messages of a kilobyte.
    private const long Held = 32 * 1100;

    private static readonly string[] Bystanders = ["session/mcp", "user/mcp", "shared/mcp"];

    [Theory]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Streamable)]
    public async Task Client_ThatDoesNotRead_LosesItsStreamAndNobodyElseNotices(Wire wire)
    {
        await using var gateway = await StartAsync("00:02:00");
        // Many times what the queue and the sockets hold.
        var flood = Rpc.Call("7", "flood", new { count = 30_000, bytes = 1000 });
        var (unread, gone) = wire is Wire.Sse ? await FloodSseAsync(gateway, flood) : await FloodPostAsync(gateway, flood);
        using (unread)
        {
            await Eventually.TrueAsync(() => Queued(gateway) > 500_000, "its queue fills");

            var most = await UseOthersUntilAsync(gateway, gone);

            // 1,024 messages of a kilobyte.
            Assert.InRange(most, 500_000, QueueLimits.Default.Messages * 1100 + Slack);
            await Eventually.TrueAsync(() => Queued(gateway) <= Held, "nothing waits, but for a stream to open");
        }
    }

    [Theory]
    [InlineData("session")]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Child_ThatDoesNotRead_MakesItsOwnCallersWaitAndTimeOut(string isolation)
    {
        await using var gateway = await StartAsync("00:00:02");
        await using var client = await StreamableClient.ConnectAsync(gateway, $"{isolation}/mcp", user: "carol");
        await client.CallAsync("stdin-stop", new { ms = 600_000 });

        // Five times what the child's queue holds.
        var text = new string('x', 1_000_000);
        var answering = Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.CallAsync("echo", new { text })));
        var most = await UseOthersUntilAsync(gateway, () => Task.FromResult(answering.IsCompleted), except: isolation);

        Assert.All(await answering, answer =>
        {
            Assert.Equal(-32603, answer.Code());
            Assert.Contains("requestTimeout", answer.ErrorMessage(), StringComparison.Ordinal);
        });
        Assert.True(most > QueueLimits.Default.Bytes / 2, "The child's queue was never full.");
        await Eventually.TrueAsync(() => Queued(gateway) < text.Length, "those who gave up hold nothing");
    }

    [Theory]
    [InlineData("session")]
    [InlineData("shared")]
    public async Task Child_ThatDoesNotRead_KeepsNobodyOutLongerThanItsCallersWait(string isolation)
    {
        // The child's own queue holds more than the whole gateway may.
        await using var gateway = await StartAsync("00:00:02", queuedBytes: 4_000_000);
        await using var client = await StreamableClient.ConnectAsync(gateway, $"{isolation}/mcp", user: "carol");
        await using var other = await StreamableClient.ConnectAsync(gateway, "user/mcp", user: "bob");
        await client.CallAsync("stdin-stop", new { ms = 600_000 });

        var text = new string('x', 1_000_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var answer = await client.PostAsync(Rpc.Call(client.NextId(), "echo", new { text }));
            return (answer.Status, (await answer.AllAsync())[^1].Code(), answer.Header("Retry-After") is not null);
        }));

        Assert.All(answers, answer => Assert.True(answer is (200, -32603, false) or (503, -32003, true), $"{answer}"));
        Assert.Contains(answers, answer => answer.Status == 200);
        Assert.Equal("on", (await other.CallAsync("echo", new { text = "on" })).Text());
        Assert.InRange(Queued(gateway), 0, 1_000_000); // a cancellation for each that was sent, at most
    }

    // By then it has been cut: its session is gone, or it goes on without the call's stream.
    private static async Task<(Answer Unread, Func<Task<bool>> Gone)> FloodSseAsync(TestGateway gateway, string flood)
    {
        var unread = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway.BaseAddress, "session/sse"), null, ("Accept", "text/event-stream"));
        var endpoint = new Uri(gateway.BaseAddress, (await unread.NextEventAsync())!.Data);
        Assert.Equal(202, await PostAsync(endpoint, Rpc.Initialize("1")));
        Assert.Equal(202, await PostAsync(endpoint, Rpc.Notification("notifications/initialized")));
        Assert.Equal(202, await PostAsync(endpoint, flood));
        return (unread, async () => await PostAsync(endpoint, Rpc.Request("8", "ping")) == 404);
    }

    private static async Task<(Answer Unread, Func<Task<bool>> Gone)> FloodPostAsync(TestGateway gateway, string flood)
    {
        var client = await StreamableClient.ConnectAsync(gateway, "session/mcp");
        var pid = await client.PidAsync();
        var unread = await client.PostAsync(flood);
        // Its own child waits for it, so it can only be heard of again when that stream has been given up.
        var again = client.PidAsync();
        return (unread, async () => again.IsCompleted && await again == pid);
    }

    /// <summary>Others go on, on a server of each kind, until something has happened.</summary>
    /// <returns>The most bytes that waited meanwhile.</returns>
    private static async Task<long> UseOthersUntilAsync(TestGateway gateway, Func<Task<bool>> happened, string? except = null)
    {
        var most = 0L;
        var clients = await Task.WhenAll(Bystanders.Where(path => path != $"{except}/mcp" || except is "session" or "user")
            .Select(path => StreamableClient.ConnectAsync(gateway, path, user: "bob")));
        await Eventually.TrueAsync(async () =>
        {
            foreach (var client in clients)
                Assert.Equal("on", (await client.CallAsync("echo", new { text = "on" })).Text());
            most = Math.Max(most, Queued(gateway));
            return await happened();
        }, "it has happened", 3 * TestHttp.Timeout);
        foreach (var client in clients)
            await client.DisposeAsync();
        return most;
    }

    private static long Queued(TestGateway gateway) => gateway.Services.GetRequiredService<QueueBudget>().Queued;

    private static async Task<int> PostAsync(Uri endpoint, string body)
    {
        using var answer = await TestHttp.SendAsync(HttpMethod.Post, endpoint, TestHttp.Json(body));
        return answer.Status;
    }

    private static Task<TestGateway> StartAsync(string requestTimeout, long? queuedBytes = null)
    {
        var servers = new JsonObject();
        foreach (var isolation in (string[])["session", "user", "shared"])
        {
            var file = TestGateway.TestServerJson(keys: new() { ["isolation"] = isolation, ["requestTimeout"] = requestTimeout });
            servers[isolation] = file["mcpServers"]!["test"]!.DeepClone();
        }

        return TestGateway.StartAsync(
            new JsonObject { ["mcpServers"] = servers }.ToJsonString(), new()
            {
                ["Drain:Timeout"] = "00:00:01",
                ["Limits:QueuedBytes"] = queuedBytes?.ToString(CultureInfo.InvariantCulture),
            }, TestUsers.Add);
    }
}
