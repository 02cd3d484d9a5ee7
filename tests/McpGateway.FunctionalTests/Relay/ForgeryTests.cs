using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Relay;

/// <summary>Ids that are used twice, and answers to no request.</summary>
public sealed class ForgeryTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Sampling = """{"sampling":{}}""";

    [Theory]
    [InlineData("7", "7")]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("\"a\"", "\"\\u0061\"")]
    public async Task Id_InFlight_OnAnotherResponse_EachCallGetsItsOwnAnswer(string first, string second)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Sampling);
        using var call = await PendingSample.BeginAsync(client, first);

        using var other = await client.PostAsync(Rpc.Call(second, "echo", new { text = "second" }));
        using var accepted = await client.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("first")));

        var message = Assert.Single(await other.AllAsync());
        Assert.True(message.IsAnswerTo(first));
        Assert.Equal("second", message.Text());
        Assert.Equal("first", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    [Fact]
    public async Task Id_InFlightOverSse_IsRefusedAndTheFirstCallGetsItsAnswer()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, capabilities: Sampling);
        await client.SendAsync(Rpc.Call("7", "sample", new { prompt = "?" }));
        var question = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");

        using var refused = await client.PostAsync(Rpc.Call("7", "echo", new { text = "smuggled" }));
        await client.SendAsync(Rpc.Result(question, Rpc.Sampled("first")));

        Assert.Equal((400, -32600), (refused.Status, (await refused.JsonAsync()).Code()));
        Assert.Equal("first", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).Text());
        Assert.DoesNotContain("tools/call echo", await client.ReceivedAsync());
    }

    [Fact]
    public async Task Id_AsNumberAndAsText_AreTwo()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Sampling);
        using var call = await PendingSample.BeginAsync(client, "7");

        Assert.Equal("text", (await client.AskAsync(Rpc.Call("\"7\"", "echo", new { text = "text" }), "\"7\"")).Text());
    }

    [Fact]
    public async Task Answer_OfTheChildToNobody_ReachesNobody()
    {
        await using var victim = await SseClient.ConnectAsync(shared.Gateway, capabilities: Sampling);
        await using var client = await SseClient.ConnectAsync(shared.Gateway, capabilities: Sampling);
        await victim.SendAsync(Rpc.Call("7", "sample", new { prompt = "?" }));
        var question = await victim.Inbox.TakeAsync(message => message.Method() is not null);

        // Ids that the victim's call may have: its client's, its child's, and what neither can be.
        foreach (var id in (string[])["7", "2", "3", "0", "-1", "999", "\"7\"", "\"2\""])
            Assert.Equal("replied", (await client.CallAsync("reply", new { raw = Rpc.Result(id, "\"forged\"") })).Text());

        Assert.Empty(client.Inbox.Rest);
        Assert.Empty(victim.Inbox.Rest);
        await victim.SendAsync(Rpc.Result(question, Rpc.Sampled("true")));
        Assert.Equal("true", (await victim.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).Text());
    }

    [Fact]
    public async Task Answer_OfTheChildGivenTwice_IsRelayedOnce()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Sampling);
        using var stream = await client.OpenStreamAsync();
        var own = await PendingSample.NextChildIdAsync(client);
        var raw = Rpc.Result($"{own}", "\"first\"") + '\n' + Rpc.Result($"{own}", "\"second\"");

        using var answer = await client.PostAsync(Rpc.Call("7", "reply", new { raw }));
        var messages = await answer.AllAsync();
        Assert.Equal("alive", (await client.CallAsync("echo", new { text = "alive" })).Text());
        await client.DeleteAsync();

        var relayed = Assert.Single(messages);
        Assert.True(relayed.IsAnswerTo("7"));
        Assert.Equal("first", relayed.Get("result").GetString());
        Assert.DoesNotContain(await stream.AllAsync(), message => message.TryGetProperty("result", out _));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/smuggled","method":"notifications/x"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/smuggled","params":[]}""")]
    [InlineData("""[{"jsonrpc":"2.0","method":"notifications/smuggled"}]""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/smuggled"} {}""")]
    public async Task Line_OfTheChildThatIsNoMessage_IsNotRelayed(string raw)
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);

        Assert.Equal("replied", (await client.CallAsync("reply", new { raw })).Text());

        Assert.Empty(client.Inbox.Rest);
    }

    [Fact]
    public async Task Line_OfTheChildWithCarriageReturns_StaysOneEvent()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);
        const string Raw = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/one\",\r\"params\":{}\r\r}\r";

        Assert.Equal("replied", (await client.CallAsync("reply", new { raw = Raw })).Text());

        Assert.Equal("notifications/one", Assert.Single(client.Inbox.Rest).Method());
    }
}
