using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Chaos;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Ids and progress tokens that several sessions chose alike.</summary>
public sealed class RoutingTests
{
    private const string Cancelled = "notifications/cancelled";

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Calls_WithOneIdInFlight_AreEachAnsweredToTheirOwnSession(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        IRawClient[] clients = [await child.JoinAsync(), await child.JoinStreamableAsync(), await child.JoinAsync()];

        for (var round = 0; round < 100; round++)
        {
            var answers = await Task.WhenAll(clients.Select((client, number) =>
                client.AskAsync(Rpc.Call("\"same\"", "echo", new { text = $"{number} {round}" }), "\"same\"")));
            Assert.Equal(clients.Select((_, number) => $"{number} {round}"), answers.Select(answer => answer.Text()));
        }

        Assert.Empty(((SseClient)clients[0]).Inbox.Rest);
        Assert.Empty(((SseClient)clients[2]).Inbox.Rest);
    }

    [Theory]
    [InlineData("user", "1", "1")]
    [InlineData("user", "\"1\"", "1")]
    [InlineData("shared", "1", "1")]
    [InlineData("shared", "1", "\"1\"")]
    public async Task Progress_UnderOneToken_GoesToEachCallsOwnSession(string isolation, string tokenOfOne, string tokenOfTwo)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        await Task.WhenAll(
            one.AskAsync(Rpc.Call("1", "progress", new { steps = 5, delayMs = 10, text = "one" }, tokenOfOne), "1"),
            two.AskAsync(Rpc.Call("1", "progress", new { steps = 5, delayMs = 10, text = "two" }, tokenOfTwo), "1"));

        Assert.Equal(Expected("one", tokenOfOne), Reported(one));
        Assert.Equal(Expected("two", tokenOfTwo), Reported(two));

        static IEnumerable<(string, string, int)> Expected(string text, string token) =>
            Enumerable.Range(1, 5).Select(step => (text, token, step));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Progress_OverStreamableHttp_ComesOnTheCallsOwnStream(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (client, other) = (await child.JoinStreamableAsync(), await child.JoinStreamableAsync());
        using var stream = await client.OpenStreamAsync();
        using var streamOfOther = await other.OpenStreamAsync();

        // One token for two calls of one session: each call's stream has its own all the same.
        using var one = await client.PostAsync(Rpc.Call("1", "progress", new { steps = 2, delayMs = 20, text = "one" }, "5"));
        using var two = await client.PostAsync(Rpc.Call("2", "progress", new { steps = 3, text = "two" }, "5"));
        var (messagesOfOne, messagesOfTwo) = (await one.AllAsync(), await two.AllAsync());

        Assert.Equal(["one", "one"], messagesOfOne.SkipLast(1).Select(Message));
        Assert.Equal(["two", "two", "two"], messagesOfTwo.SkipLast(1).Select(Message));
        Assert.Equal(("one", "two"), (messagesOfOne[^1].Text(), messagesOfTwo[^1].Text()));
        await client.DeleteAsync();
        await other.DeleteAsync();
        Assert.Empty(await stream.AllAsync());
        Assert.Empty(await streamOfOther.AllAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Progress_AfterTheAnswer_IsDropped(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        await one.AskAsync(Rpc.Call("1", "progress", new { steps = 1, late = 3 }, "1"), "1");
        await child.SettleAsync();

        Assert.Equal([("", "1", 1)], Reported(one));
        Assert.Empty(two.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Progress_OfACancelledCall_IsDropped(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (cancels, other) = (await child.JoinAsync(), await child.JoinAsync());
        await cancels.SendAsync(Rpc.Call("1", "progress", new { steps = 3, gate = "g" }, "1"));
        await cancels.SendAsync(Rpc.Notification(Cancelled, """{"requestId":1}"""));

        Assert.Equal("done", (await other.CallAsync("open", new { name = "g" })).Text());
        await child.SettleAsync();

        Assert.Empty(cancels.Inbox.Rest);
        Assert.Empty(other.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Cancellation_OfAnIdThatTwoUse_CancelsTheSendersCallAlone(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (stays, cancels) = (await child.JoinAsync(), await child.JoinAsync());
        await stays.SendAsync(Rpc.Call("7", "echo", new { text = "stays", gate = "one" }));
        await cancels.SendAsync(Rpc.Call("7", "echo", new { text = "cancelled", gate = "two" }));

        await cancels.SendAsync(Rpc.Notification(Cancelled, """{"requestId":7,"reason":"mine"}"""));
        var seen = Assert.Single((await stays.CallAsync("cancelled")).Structured().Get("cancelled").EnumerateArray());
        await stays.CallAsync("open", new { name = "two" });
        await stays.CallAsync("open", new { name = "one" });

        Assert.Equal(("mine", true), (seen.Get("reason").GetString(), seen.Get("inFlight").GetBoolean()));
        Assert.Equal("stays", (await stays.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).Text());
        await child.SettleAsync();
        Assert.Empty(cancels.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Cancellation_OfAnothersCall_DoesNothing(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (calls, other) = (await child.JoinAsync(), await child.JoinStreamableAsync());
        await calls.SendAsync(Rpc.Call("7", "echo", new { text = "mine", gate = "g" }));

        foreach (var id in (string[])["7", "1", "2", "3"])
        {
            using var accepted = await other.PostAsync(Rpc.Notification(Cancelled, $$"""{"requestId":{{id}}}"""));
            Assert.Equal(202, accepted.Status);
        }

        Assert.DoesNotContain(Cancelled, await other.ReceivedAsync());
        await other.CallAsync("open", new { name = "g" });
        Assert.Equal("mine", (await calls.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).Text());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Timeout_OfACall_CancelsThatCallAlone(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation, keys: new() { ["requestTimeout"] = "00:00:02" });
        var (hangs, goesOn) = (await child.JoinAsync(), await child.JoinStreamableAsync());
        await hangs.SendAsync(Rpc.Call("7", "hang"));

        // It outlives the other's call, and its progress keeps only itself alive.
        using var steps = await goesOn.PostAsync(Rpc.Call("7", "progress", new { steps = 20, delayMs = 200 }, "1"));
        var failed = await hangs.Inbox.TakeAsync(message => message.IsAnswerTo("7"));

        Assert.Contains("requestTimeout", failed.ErrorMessage(), StringComparison.Ordinal);
        Assert.Equal("done", (await steps.AllAsync())[^1].Text());
        Assert.Single((await hangs.CallAsync("cancelled")).Structured().Get("cancelled").EnumerateArray());
    }

    private static (string Text, string Token, int Step)[] Reported(SseClient client) =>
    [
        .. client.Inbox.Rest.Select(message =>
        {
            Assert.Equal("notifications/progress", message.Method());
            var parameters = message.Get("params");
            return (Message(message), parameters.Get("progressToken").GetRawText(), parameters.Get("progress").GetInt32());
        }),
    ];

    private static string Message(System.Text.Json.JsonElement progress) =>
        progress.Get("params").TryGetProperty("message", out var text) ? text.GetString()! : "";
}
