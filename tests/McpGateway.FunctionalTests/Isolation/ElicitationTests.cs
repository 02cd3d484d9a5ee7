using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Elicitation in URL mode (revision 2025-11-25): its end is told to the session that was first.</summary>
public sealed class ElicitationTests
{
    private const string Capabilities = """{"elicitation":{"form":{},"url":{}}}""";
    private const string Complete = "notifications/elicitation/complete";

    [Fact]
    public async Task Completion_OfAnElicitation_ReachesTheSessionThatWasAsked()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (first, other) = (await child.JoinAsync(), await child.JoinAsync());
        await AcceptAsync(first, "e-1");

        // Its own call ended long ago; now another's is in flight.
        await CompleteAsync(other, "e-1");
        await child.SettleAsync();

        var complete = Assert.Single(first.Inbox.Rest);
        Assert.Equal((Complete, "e-1"), (complete.Method(), complete.Get("params").Get("elicitationId").GetString()));
        Assert.Empty(other.Inbox.Rest);
    }

    [Fact]
    public async Task Completion_OfAnElicitationThatAnErrorAskedFor_ReachesTheSessionThatGotIt()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (first, other) = (await child.JoinAsync(), await child.JoinAsync());
        var elicitation = new { mode = "url", elicitationId = "e-2", url = "https://example.com/connect", message = "Connect." };

        // URLElicitationRequiredError: no request is sent, and still the completion comes.
        var data = new { elicitations = new[] { elicitation } };
        var refused = await first.CallAsync("fail", new { code = -32042, message = "first connect", data });
        await CompleteAsync(other, "e-2");
        await child.SettleAsync();

        Assert.Equal(-32042, refused.Code());
        Assert.Equal(Complete, Assert.Single(first.Inbox.Rest).Method());
        Assert.Empty(other.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Completion_OfWhatNobodyWasAsked_IsDropped(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation, capabilities: Capabilities);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        await CompleteAsync(one, "e-77");
        await child.SettleAsync();

        Assert.Empty(one.Inbox.Rest);
        Assert.Empty(two.Inbox.Rest);
    }

    [Fact]
    public async Task Completion_WhenTheAskedSessionLeft_IsDropped()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (leaves, stays) = (await child.JoinAsync(), await child.JoinAsync());
        await AcceptAsync(leaves, "e-1");
        await leaves.DisposeAsync();

        await CompleteAsync(stays, "e-1");
        await child.SettleAsync();

        Assert.Empty(stays.Inbox.Rest);
    }

    [Fact]
    public async Task Completions_OfTwoUsersUnderOneId_AreEachTheirOwn()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var alice = await child.JoinAsync();
        await using var bob = await SseClient.ConnectAsync(child.Gateway, capabilities: Capabilities, user: "bob");
        await AcceptAsync(alice, "e-1");
        await AcceptAsync(bob, "e-1");

        await CompleteAsync(alice, "e-1");
        await child.SettleAsync();
        await bob.CallAsync("echo", new { text = "later" });

        Assert.Single(alice.Inbox.Rest);
        Assert.Empty(bob.Inbox.Rest);
    }

    private static async Task AcceptAsync(SseClient client, string elicitationId)
    {
        var arguments = new { message = "Go there.", url = "https://example.com/", elicitationId };
        await client.SendAsync(Rpc.Call("1", "elicit", arguments));
        var question = await client.Inbox.TakeAsync(message => message.Method() == "elicitation/create");
        Assert.Equal(elicitationId, question.Get("params").Get("elicitationId").GetString());
        await client.SendAsync(Rpc.Result(question, """{"action":"accept"}"""));
        Assert.Equal("accept", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
    }

    private static async Task CompleteAsync(SseClient client, string elicitationId) =>
        await client.CallAsync("notify", new { method = Complete, @params = new { elicitationId } });
}
