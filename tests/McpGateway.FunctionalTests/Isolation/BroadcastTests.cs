using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>What every session is to know: that a list has changed.</summary>
public sealed class BroadcastTests
{
    [Theory]
    [InlineData("user", "notifications/tools/list_changed")]
    [InlineData("user", "notifications/resources/list_changed")]
    [InlineData("user", "notifications/prompts/list_changed")]
    [InlineData("shared", "notifications/tools/list_changed")]
    [InlineData("shared", "notifications/resources/list_changed")]
    [InlineData("shared", "notifications/prompts/list_changed")]
    public async Task ListChanged_DuringACall_ReachesEverySessionOnce(string isolation, string method)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (caller, sse, streamable) = (await child.JoinAsync(), await child.JoinAsync(), await child.JoinStreamableAsync());
        using var stream = await streamable.OpenStreamAsync();

        await caller.CallAsync("notify", new { method, @params = new { _meta = new { mark = 1 } } });
        await caller.CallAsync("notify", new { method, @params = new { _meta = new { mark = 2 } } });

        var marks = new List<int>();
        for (var message = 0; message < 2; message++)
        {
            marks.Add(Mark(await sse.Inbox.TakeAsync(received => received.Method() == method)));
            marks.Add(Mark((await stream.NextAsync())!.Value));
            marks.Add(Mark(await caller.Inbox.TakeAsync(received => received.Method() == method)));
        }

        Assert.Equal([1, 1, 1, 2, 2, 2], marks);
        Assert.Empty(sse.Inbox.Rest);
        Assert.Empty(caller.Inbox.Rest);
        await streamable.DeleteAsync();
        Assert.Empty(await stream.AllAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task ListChanged_WithoutACall_ReachesEverySession(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        await child.SayAsync(Rpc.Notification(OneChild.ListChanged));

        Assert.Equal(OneChild.ListChanged, Assert.Single(one.Inbox.Rest).Method());
        Assert.Equal(OneChild.ListChanged, Assert.Single(two.Inbox.Rest).Method());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task ListChanged_ForASessionWithoutAStream_WaitsForOne(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (caller, late) = (await child.JoinAsync(), await child.JoinStreamableAsync());
        await caller.CallAsync("notify", new { method = OneChild.ListChanged });

        using var stream = await late.OpenStreamAsync();

        Assert.Equal(OneChild.ListChanged, (await stream.NextAsync())?.Method());
    }

    [Fact]
    public async Task ListChanged_OfOneUsersChild_DoesNotReachAnothers()
    {
        await using var child = await OneChild.StartAsync("user");
        var alice = await child.JoinAsync();
        await using var bob = await SseClient.ConnectAsync(child.Gateway, user: "bob");

        await alice.CallAsync("notify", new { method = OneChild.ListChanged });
        await bob.CallAsync("notify", new { method = "notifications/resources/list_changed" });

        Assert.Equal("notifications/resources/list_changed", Assert.Single(bob.Inbox.Rest).Method());
        Assert.Equal(OneChild.ListChanged, Assert.Single(alice.Inbox.Rest).Method());
    }

    private static int Mark(System.Text.Json.JsonElement message) =>
        message.Get("params").Get("_meta").Get("mark").GetInt32();
}
