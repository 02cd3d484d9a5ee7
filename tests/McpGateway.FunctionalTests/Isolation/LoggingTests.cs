using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>logging/setLevel and notifications/message.</summary>
public sealed class LoggingTests
{
    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Level_OfTheChild_IsTheMostVerboseOneWanted(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (quiet, chatty) = (await child.JoinAsync(), await child.JoinAsync());

        await SetLevelAsync(quiet, "error");
        await SetLevelAsync(chatty, "warning");
        Assert.Equal("warning", (await quiet.CallAsync("level")).Text());
        await SetLevelAsync(chatty, "debug");
        Assert.Equal("debug", (await chatty.CallAsync("level")).Text());
        await SetLevelAsync(quiet, "emergency");
        Assert.Equal("debug", (await chatty.CallAsync("level")).Text());

        await chatty.DisposeAsync();
        await Eventually.TrueAsync(
            async () => (await quiet.CallAsync("level")).Text() == "emergency", "the one who is left decides", TestHttp.Timeout);
    }

    [Theory]
    [InlineData("user", """{"level":"loud"}""")]
    [InlineData("user", """{"level":"Debug"}""")]
    [InlineData("user", """{"level":5}""")]
    [InlineData("user", "{}")]
    [InlineData("shared", """{"level":"loud"}""")]
    [InlineData("shared", """{"level":"Debug"}""")]
    [InlineData("shared", """{"level":5}""")]
    [InlineData("shared", "{}")]
    public async Task Level_ThatIsNone_IsRefused(string isolation, string parameters)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var client = await child.JoinStreamableAsync();
        await SetLevelAsync(client, "alert");

        Assert.Equal(-32602, (await client.AskAsync(Rpc.Request("7", "logging/setLevel", parameters), "7")).Code());

        Assert.Equal("alert", (await client.CallAsync("level")).Text());
    }

    [Fact]
    public async Task Messages_OfNoCall_ReachEachSessionOfTheUserByItsOwnLevel()
    {
        await using var child = await OneChild.StartAsync("user");
        var (all, some, unset) = (await child.JoinAsync(), await child.JoinAsync(), await child.JoinAsync());
        await SetLevelAsync(all, "debug");
        await SetLevelAsync(some, "warning");

        await child.SayAsync([.. Levels.Select(level => Message(level))]);

        Assert.Equal(Levels, Received(all));
        Assert.Equal(Levels[3..], Received(some));
        Assert.Equal(Levels[1..], Received(unset));
    }

    [Fact]
    public async Task Messages_OfNoCall_ReachNobodyOfASharedChild()
    {
        await using var child = await OneChild.StartAsync("shared");
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());
        await SetLevelAsync(one, "debug");

        await child.SayAsync([.. Levels.Select(level => Message(level))]);

        Assert.Empty(one.Inbox.Rest);
        Assert.Empty(two.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Messages_DuringTheOnlyCall_ReachItsSessionByItsLevel(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (caller, other) = (await child.JoinAsync(), await child.JoinAsync());
        await SetLevelAsync(caller, "error");
        await SetLevelAsync(other, "debug");

        foreach (var level in Levels)
            await NotifyAsync(caller, level);
        await child.SettleAsync();

        Assert.Equal(Levels[4..], Received(caller));
        Assert.Empty(other.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Messages_DuringTheOnlyCallOverStreamableHttp_ComeOnItsStream(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (caller, other) = (await child.JoinStreamableAsync(), await child.JoinAsync());

        using var answer = await caller.PostAsync(Rpc.Call("7", "flood", new { count = 3, bytes = 100 }));
        var messages = await answer.AllAsync();
        await child.SettleAsync();

        Assert.Equal(["info", "info", "info"], messages.SkipLast(1).Select(Level));
        Assert.Equal("flooded", messages[^1].Text());
        Assert.Empty(other.Inbox.Rest);
    }

    [Theory]
    [InlineData("user", 1)]
    [InlineData("shared", 0)]
    public async Task Messages_WhileTwoSessionsHaveCalls_ReachAllOfTheUserOrNobody(string isolation, int expected)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two, idle) = (await child.JoinAsync(), await child.JoinAsync(), await child.JoinAsync());
        await one.SendAsync(Rpc.Call("7", "hang"));

        await NotifyAsync(two, "warning");
        await child.SettleAsync();

        Assert.Equal((expected, expected, expected), (Received(one).Length, Received(two).Length, Received(idle).Length));
    }

    [Fact]
    public async Task Messages_OfACancelledCall_DoNotReachAnotherOnesCall()
    {
        await using var child = await OneChild.StartAsync("shared");
        var (cancels, calls) = (await child.JoinAsync(), await child.JoinAsync());
        var message = new { gate = "g", method = "notifications/message", @params = new { level = "error", data = "mine" } };
        await cancels.SendAsync(Rpc.Call("7", "notify", message));
        await cancels.SendAsync(Rpc.Notification("notifications/cancelled", """{"requestId":7}"""));

        Assert.Equal("notified", (await calls.CallAsync("open", new { name = "g" })).Text());
        await child.SettleAsync();

        Assert.Empty(calls.Inbox.Rest);
    }

    private static string[] Levels { get; } = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    private static string Message(string level) =>
        Rpc.Notification("notifications/message", $$"""{"level":"{{level}}","data":"said"}""");

    private static async Task NotifyAsync(SseClient client, string level) =>
        await client.CallAsync("notify", new { method = "notifications/message", @params = new { level, data = "said" } });

    private static async Task SetLevelAsync(IRawClient client, string level)
    {
        var id = client.NextId();
        var answer = await client.AskAsync(Rpc.Request(id, "logging/setLevel", $$"""{"level":"{{level}}"}"""), id);
        Assert.Equal("{}", answer.Get("result").GetRawText());
    }

    private static string[] Received(SseClient client) => [.. client.Inbox.Rest.Select(Level)];

    private static string Level(System.Text.Json.JsonElement message)
    {
        Assert.Equal("notifications/message", message.Method());
        return message.Get("params").Get("level").GetString()!;
    }
}
