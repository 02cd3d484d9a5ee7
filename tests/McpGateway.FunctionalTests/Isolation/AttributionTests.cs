using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Requests of a child that cannot be attributed to one client: no client gets them.</summary>
public sealed class AttributionTests
{
    private const string Capabilities = """{"sampling":{},"roots":{}}""";
    private const string Cancelled = "notifications/cancelled";
    private const string Prompt = "sampling/createMessage";

    [Fact]
    public async Task Question_WhileTwoSessionsHaveCalls_IsRefused()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (hangs, asks) = (await child.JoinAsync(), await child.JoinAsync());
        await hangs.SendAsync(Rpc.Call("7", "hang"));

        var answer = await asks.CallAsync("sample", new { prompt = "whose?" });

        Assert.StartsWith("-32603: ", answer.Text(), StringComparison.Ordinal);
        await AssertNobodyWasAskedAsync(child, hangs, asks);
    }

    [Fact]
    public async Task Question_WithoutACallAndSeveralSessions_IsRefused()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        await one.CallAsync("request", new { method = "roots/list", afterwards = true });
        await one.Inbox.TakeAsync(message => message.Method() == OneChild.ListChanged); // it has its answer
        await two.Inbox.TakeAsync(message => message.Method() == OneChild.ListChanged);

        var answers = (await one.CallAsync("answers")).Structured().Get("answers");
        Assert.Equal(-32603, Assert.Single(answers.EnumerateArray()).Code());
        await AssertNobodyWasAskedAsync(child, one, two);
    }

    [Fact]
    public async Task Question_OfACancelledCall_IsNotAskedInAnotherSession()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (cancels, opens) = (await child.JoinAsync(), await child.JoinAsync());
        await cancels.SendAsync(Rpc.Call("7", "sample", new { prompt = "mine", gate = "g" }));
        await cancels.SendAsync(Rpc.Notification(Cancelled, """{"requestId":7}"""));

        var answered = await opens.CallAsync("open", new { name = "g" });

        Assert.StartsWith("-32603: ", answered.Text(), StringComparison.Ordinal);
        await AssertNobodyWasAskedAsync(child, cancels, opens);
    }

    [Fact]
    public async Task Question_OfATimedOutCall_IsNotAskedInAnotherSession()
    {
        await using var child = await OneChild.StartAsync(
            "user", keys: new() { ["requestTimeout"] = "00:00:01" }, capabilities: Capabilities);
        var (timesOut, opens) = (await child.JoinAsync(), await child.JoinAsync());
        await timesOut.SendAsync(Rpc.Call("7", "sample", new { prompt = "mine", gate = "g" }));
        Assert.Equal(-32603, (await timesOut.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).Code());

        var answered = await opens.CallAsync("open", new { name = "g" });

        Assert.StartsWith("-32603: ", answered.Text(), StringComparison.Ordinal);
        await AssertNobodyWasAskedAsync(child, timesOut, opens);
    }

    [Theory]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Streamable)]
    public async Task Question_OfACallWhoseSessionLeft_IsNotAskedInAnother(Wire wire)
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        IRawClient leaves = wire is Wire.Sse ? await child.JoinAsync() : await child.JoinStreamableAsync();
        var opens = await child.JoinAsync();
        var call = leaves.PostAsync(Rpc.Call("7", "sample", new { prompt = "mine", gate = "g" }));
        await Eventually.TrueAsync(
            async () => (await opens.ReceivedAsync()).Contains("tools/call sample"), "the call is in flight", TestHttp.Timeout);
        await leaves.DisposeAsync();
        (await call).Dispose();
        await Eventually.TrueAsync(() => HasEndedAsync(leaves), "the session is gone", TestHttp.Timeout);

        var answered = await opens.CallAsync("open", new { name = "g" });

        Assert.StartsWith("-32603: ", answered.Text(), StringComparison.Ordinal);
        await AssertNobodyWasAskedAsync(child, opens);
    }

    [Fact]
    public async Task Question_OfACallWithoutASession_IsAskedInNone()
    {
        await using var child = await OneChild.StartAsync("user");
        var client = await child.JoinAsync();
        var plain = new PlainClient(child.Gateway, user: "alice");
        Assert.Equal(await client.PidAsync(), await plain.PidAsync());

        var answer = await plain.CallAsync("roots");

        Assert.True(answer.Get("result").Get("isError").GetBoolean());
        await child.SettleAsync();
        Assert.Empty(client.Inbox.Rest);
    }

    [Fact]
    public async Task Question_AfterTheChildAnsweredTheCancelledCall_IsAsked()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (cancels, asks) = (await child.JoinAsync(), await child.JoinAsync());
        await cancels.SendAsync(Rpc.Call("7", "echo", new { text = "done", gate = "g" }));
        await cancels.SendAsync(Rpc.Notification(Cancelled, """{"requestId":7}"""));
        Assert.False(await IsAskedAsync(asks));

        Assert.Equal("done", (await asks.CallAsync("open", new { name = "g" })).Text()); // the child has answered
        await asks.SendAsync(Rpc.Call("8", "sample", new { prompt = "now" }));
        await asks.SendAsync(Rpc.Result(await asks.Inbox.TakeAsync(message => message.Method() == Prompt), Rpc.Sampled("yes")));

        Assert.Equal("yes", (await asks.Inbox.TakeAsync(message => message.IsAnswerTo("8"))).Text());
        await AssertNobodyWasAskedAsync(child, cancels);
    }

    [Fact]
    public async Task Question_AfterTheRequestMaximumOfTheCancelledCall_IsAsked()
    {
        await using var child = await OneChild.StartAsync(
            "user", keys: new() { ["requestMaximum"] = "00:00:05" }, capabilities: Capabilities);
        var (cancels, asks) = (await child.JoinAsync(), await child.JoinAsync());
        await cancels.SendAsync(Rpc.Call("7", "hang"));
        await cancels.SendAsync(Rpc.Notification(Cancelled, """{"requestId":7}"""));
        Assert.False(await IsAskedAsync(asks));

        await Eventually.TrueAsync(() => IsAskedAsync(asks), "the call that hangs no longer counts", TestHttp.Timeout);
    }

    [Fact]
    public async Task Question_OpenWhenItsSessionLeaves_IsAnsweredWithAnError()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (leaves, stays) = (await child.JoinStreamableAsync(), await child.JoinAsync());
        using var question = await PendingSample.BeginAsync(leaves);

        Assert.Equal(204, await leaves.DeleteAsync());

        await Eventually.TrueAsync(
            async () => (await stays.CallAsync("answers")).Structured().Get("answers") is var answers
                && answers.GetArrayLength() == 1 && answers[0].Code() == -32603,
            "the child knows that nobody will answer", TestHttp.Timeout);
        // And so the call has ended, and no longer stands in the way.
        await Eventually.TrueAsync(() => IsAskedAsync(stays), "questions can be told apart again", TestHttp.Timeout);
    }

    // One question of its own, which is answered when it comes.
    private static async Task<bool> IsAskedAsync(SseClient client)
    {
        var id = client.NextId();
        await client.SendAsync(Rpc.Call(id, "sample", new { prompt = "?" }));
        var next = await client.Inbox.TakeAsync(message => message.Method() == Prompt || message.IsAnswerTo(id));
        if (next.Method() is null)
        {
            Assert.StartsWith("-32603: ", next.Text(), StringComparison.Ordinal);
            return false;
        }

        await client.SendAsync(Rpc.Result(next, Rpc.Sampled("sampled")));
        Assert.Equal("sampled", (await client.Inbox.TakeAsync(message => message.IsAnswerTo(id))).Text());
        return true;
    }

    private static async Task<bool> HasEndedAsync(IRawClient client)
    {
        using var answer = await client.PostAsync(Rpc.Request(client.NextId(), "ping"));
        return answer.Status == 404;
    }

    private static async Task AssertNobodyWasAskedAsync(OneChild child, params SseClient[] clients)
    {
        await child.SettleAsync();
        Assert.All(clients, client => Assert.Empty(client.Inbox.Rest));
    }
}
