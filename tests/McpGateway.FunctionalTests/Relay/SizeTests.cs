using System.Net.Http.Headers;
using System.Text;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Relay;

public sealed class SizeTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const int MessageBytes = 100_000;

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Arguments_OfThreeMegabytes_ComeBackWhole(Wire wire)
    {
        await using var client = await shared.Gateway.ConnectAsync(wire);
        var text = string.Concat(Enumerable.Range(0, 300_000).Select(number => $"{number:D10}"));

        Assert.Equal(text, (await client.CallAsync("echo", new { text })).Text());
    }

    [Theory]
    [InlineData(Wire.Streamable, false)]
    [InlineData(Wire.Streamable, true)]
    [InlineData(Wire.Sse, false)]
    [InlineData(Wire.Plain, true)]
    public async Task Body_OverTheLimit_IsTooLarge(Wire wire, bool chunked)
    {
        await using var client = await shared.Gateway.ConnectAsync(wire);
        var uri = client is SseClient sse ? sse.Endpoint : wire is Wire.Plain ? "test/message" : "test/mcp";
        using var body = new MemoryStream(
            Encoding.UTF8.GetBytes(Rpc.Call("7", "echo", new { text = new string('x', 5_000_000) })));
        var content = new StreamContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentLength = chunked ? null : body.Length;
        (string, string)[] headers = client is StreamableClient streamable
            ? [("Mcp-Session-Id", streamable.SessionId!)]
            : [];
        headers = chunked ? [.. headers, ("Transfer-Encoding", "chunked")] : headers;

        using var answer = await TestHttp.SendAsync(HttpMethod.Post, new Uri(shared.Gateway.BaseAddress, uri), content, headers);

        Assert.Equal((413, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Equal("alive", (await client.CallAsync("echo", new { text = "alive" })).Text());
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Answer_OverTheLimitWithItsIdLast_FailsThatCallAlone(Wire wire)
    {
        await using var gateway = await StartWithSmallMessagesAsync();
        await using var client = await gateway.ConnectAsync(wire);
        var pid = await client.PidAsync();

        var failed = await client.CallAsync("big", new { bytes = 3 * MessageBytes });

        Assert.Equal(-32603, failed.Code());
        Assert.Contains("Limits:MessageBytes", failed.ErrorMessage(), StringComparison.Ordinal);
        Assert.Equal(MessageBytes / 2, (await client.CallAsync("big", new { bytes = MessageBytes / 2 })).Text()!.Length);
        Assert.Equal(pid, await client.PidAsync());
    }

    [Fact]
    public async Task Notification_OverTheLimit_IsDroppedAndTheSessionGoesOn()
    {
        await using var gateway = await StartWithSmallMessagesAsync();
        await using var client = await SseClient.ConnectAsync(gateway);

        Assert.Equal("notified", (await client.CallAsync("bigNotification", new { bytes = MessageBytes + 1 })).Text());
        Assert.Empty(client.Inbox.Rest);
        Assert.Equal("notified", (await client.CallAsync("bigNotification", new { bytes = MessageBytes })).Text());
        Assert.Equal("notifications/message", Assert.Single(client.Inbox.Rest).Method());
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Noise_OnStandardOutput_IsSkipped(Wire wire)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(["--noise", "20"]);
        await using var client = await gateway.ConnectAsync(wire);

        Assert.Equal("noisy", (await client.CallAsync("noise", new { lines = 100 })).Text());
        Assert.Equal("alive", (await client.CallAsync("echo", new { text = "alive" })).Text());
    }

    [Fact]
    public async Task Flood_OfNotifications_ArrivesInFullBeforeTheAnswer()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);

        Assert.Equal("flooded", (await client.CallAsync("flood", new { count = 5000, bytes = 1000 })).Text());

        Assert.Equal(5000, client.Inbox.Rest.Length);
    }

    private static Task<TestGateway> StartWithSmallMessagesAsync() =>
        TestGateway.StartWithTestServerAsync(settings: new() { ["Limits:MessageBytes"] = $"{MessageBytes}" });
}
