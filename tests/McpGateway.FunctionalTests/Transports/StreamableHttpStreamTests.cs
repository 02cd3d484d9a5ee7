using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Transports;

/// <summary>GET /mcp.</summary>
public sealed class StreamableHttpStreamTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string ListChanged = "notifications/tools/list_changed";

    [Fact]
    public async Task Stream_WithSeveralCallsInFlight_GetsWhatBelongsToNone()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        using var stream = await client.OpenStreamAsync();
        using var call = await PendingSample.BeginAsync(client);

        Assert.Equal("notified", (await client.CallAsync("notify", new { method = ListChanged })).Text());

        Assert.Equal(ListChanged, (await stream.NextAsync())?.Method());
    }

    [Fact]
    public async Task Stream_OpenedAgain_ReplacesTheFirst()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        using var call = await PendingSample.BeginAsync(client);
        using var first = await client.OpenStreamAsync();
        using var second = await client.OpenStreamAsync();

        Assert.Null(await first.NextAsync());
        await client.CallAsync("notify", new { method = ListChanged });

        Assert.Equal(ListChanged, (await second.NextAsync())?.Method());
    }

    [Fact]
    public async Task Stream_WhileOneCallIsInFlight_DoesNotGetWhatIsTheCalls()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);
        using var stream = await client.OpenStreamAsync();

        using var answer = await client.PostAsync(Rpc.Call("7", "notify", new { method = ListChanged }));
        var messages = await answer.AllAsync();
        await client.DeleteAsync();

        Assert.Equal([ListChanged, null], messages.Select(message => message.Method()));
        Assert.Empty(await stream.AllAsync());
    }

    [Fact]
    public async Task Stream_OfASessionThatIsDeleted_Ends()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);
        using var stream = await client.OpenStreamAsync();

        await client.DeleteAsync();

        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task Get_WithoutSessionAndVersion_OpensAnSseSession()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, "test/mcp");

        Assert.StartsWith("/test/message?sessionId=", client.Endpoint, StringComparison.Ordinal);
        Assert.Equal("hello", (await client.CallAsync("echo", new { text = "hello" })).Text());
    }

    [Theory]
    [InlineData(null, "2025-11-25", 400, -32000)]
    [InlineData("unknown", "2025-11-25", 404, -32001)]
    [InlineData("unknown", null, 404, -32001)]
    [InlineData(null, "2026-07-28", 400, -32022)]
    public async Task Get_OfNoSession_IsRefused(string? session, string? version, int status, int code)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        (client.SessionId, client.Version) = (session, version);

        using var answer = await client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        client.SessionId = null;

        Assert.Equal((status, code), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Get_ThatDoesNotAcceptEvents_IsNotAcceptable()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);
        using var answer = await client.SendAsync(HttpMethod.Get, null, "application/json");

        Assert.Equal((406, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }
}
