using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Transports;

public sealed class StreamableHttpBatchTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Batches = "2025-03-26";

    [Fact]
    public async Task Batch_InTheRevisionThatHasThem_IsAnsweredMessageByMessage()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        using var answer = await client.PostAsync(Batch(
            Rpc.Call("1", "echo", new { text = "one" }), Rpc.Notification("notifications/roots/list_changed"),
            Rpc.Call("\"two\"", "echo", new { text = "two" }), Rpc.Request("3", "ping")));

        var messages = await answer.AllAsync();

        Assert.Equal(3, messages.Count);
        Assert.Equal("one", messages.Single(message => message.IsAnswerTo("1")).Text());
        Assert.Equal("two", messages.Single(message => message.IsAnswerTo("\"two\"")).Text());
        Assert.Single(messages, message => message.IsAnswerTo("3"));
        Assert.Contains("notifications/roots/list_changed", await client.ReceivedAsync());
    }

    [Fact]
    public async Task Batch_OfNotificationsAlone_IsAcceptedWithoutABody()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        using var accepted = await client.PostAsync(
            Batch(Rpc.Notification("notifications/one"), Rpc.Notification("notifications/two")));

        Assert.Equal((202, ""), (accepted.Status, await accepted.BodyAsync()));
        Assert.Equal(["notifications/one", "notifications/two"], (await client.ReceivedAsync())[2..]);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Batch_InAnotherRevision_IsRefused(string version)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: version);
        client.Version = Batches; // what a header says does not change what was settled

        await AssertRefusedAsync(client, Batch(Rpc.Call("1", "echo", new { text = "smuggled" })), -32600);
    }

    [Fact]
    public async Task Batch_WithInitializeInIt_IsRefused()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        await AssertRefusedAsync(client, Batch(Rpc.Initialize("1", Batches)), -32600);

        client.SessionId = null;
        using var answer = await client.PostAsync(Batch(Rpc.Initialize("1", Batches)));
        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Null(answer.Header("Mcp-Session-Id"));
    }

    [Theory]
    [InlineData(0, -32600)]
    [InlineData(51, -32600)]
    public async Task Batch_OfTooFewOrTooManyMessages_IsRefused(int count, int code)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        await AssertRefusedAsync(client, Batch([.. Enumerable.Repeat(Rpc.Notification("notifications/smuggled"), count)]), code);
    }

    [Fact]
    public async Task Batch_OfFiftyMessages_IsTaken()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        using var answer = await client.PostAsync(Batch([.. Enumerable.Range(1, 50).Select(id => Rpc.Request($"{id}", "ping"))]));

        Assert.Equal(Enumerable.Range(1, 50), (await answer.AllAsync()).Select(message => message.Get("id").GetInt32()).Order());
    }

    [Fact]
    public async Task Batch_WithOneBadMessage_IsRefusedAsAWhole()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        await AssertRefusedAsync(client, Batch(Rpc.Notification("notifications/smuggled"), "[]"), -32600);
        await AssertRefusedAsync(client, Batch(Rpc.Notification("notifications/smuggled")) + "{}", -32700);
    }

    [Fact]
    public async Task Batch_WithTheSameIdTwice_RefusesTheSecondAlone()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, version: Batches);
        using var answer = await client.PostAsync(Batch(
            Rpc.Call("1", "delay", new { ms = 100, text = "first" }), Rpc.Call("1", "echo", new { text = "second" })));

        var messages = await answer.AllAsync();

        Assert.Equal(2, messages.Count);
        Assert.Equal(-32600, messages[0].Code());
        Assert.Equal("first", messages[1].Text());
    }

    private static async Task AssertRefusedAsync(StreamableClient client, string body, int code)
    {
        using var answer = await client.PostAsync(body);
        Assert.Equal((400, code), (answer.Status, (await answer.JsonAsync()).Code()));
        var received = (await client.ReceivedAsync()).Where(name => name != "tools/call received");
        Assert.Equal(["initialize", "notifications/initialized"], received);
    }

    private static string Batch(params string[] messages) => $"[{string.Join(',', messages)}]";
}
