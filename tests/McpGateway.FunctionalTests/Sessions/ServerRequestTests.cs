using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>What a child asks its client.</summary>
public sealed class ServerRequestTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Capabilities = """{"sampling":{},"elicitation":{},"roots":{"listChanged":true}}""";

    public static TheoryData<string, string, string, string> Questions { get; } = new()
    {
        { "sample", "sampling/createMessage", Rpc.Sampled("forty-two"), "forty-two" },
        { "elicit", "elicitation/create", """{"action":"accept","content":{"answer":"yes"}}""", "accept" },
        { "roots", "roots/list", """{"roots":[{"uri":"file:///a"},{"uri":"file:///b"}]}""", "file:///a,file:///b" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Question_OfACall_IsAskedOnItsStreamAndTheAnswerReachesTheChild(
        string tool, string method, string result, string text)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        using var stream = await client.OpenStreamAsync();
        using var call = await client.PostAsync(Rpc.Call("1", tool, new { prompt = "?", message = "?" }));

        var question = (await call.NextAsync())!.Value;
        Assert.Equal(method, question.Method());
        await AcceptAsync(client, Rpc.Result(question, result));

        Assert.Equal(text, Assert.Single(await call.AllAsync()).Text());
        await client.DeleteAsync();
        Assert.Empty(await stream.AllAsync());
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Question_OverSse_IsAskedAndTheAnswerReachesTheChild(string tool, string method, string result, string text)
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        await client.SendAsync(Rpc.Call("1", tool, new { prompt = "?", message = "?" }));

        var question = await client.Inbox.TakeAsync(message => message.Method() == method);
        await client.SendAsync(Rpc.Result(question, result));

        Assert.Equal(text, (await client.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
    }

    [Fact]
    public async Task Question_AnsweredWithAnError_TellsTheChild()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        using var call = await PendingSample.BeginAsync(client);
        var id = call.Question.Get("id").GetRawText();

        await AcceptAsync(client, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-1,"message":"User rejected"}}""");

        Assert.Equal("-1: User rejected", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    [Fact]
    public async Task Answer_ToNothingThatWasAsked_DoesNotReachTheChild()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        using var call = await PendingSample.BeginAsync(client);

        foreach (var id in (string[])["0", "2", "99", "\"1\"", "18446744073709551617"])
            await AcceptAsync(client, Rpc.Result(id, Rpc.Sampled("forged")));
        await AssertNoAnswerReceivedAsync(client);
        await AcceptAsync(client, Rpc.Result(call.Question, Rpc.Sampled("true")));

        Assert.Equal("true", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    [Fact]
    public async Task Answer_GivenTwice_ReachesTheChildOnce()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        await client.SendAsync(Rpc.Call("1", "sample", new { prompt = "?" }));
        var question = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");

        await client.SendAsync(Rpc.Result(question, Rpc.Sampled("first")));
        await client.SendAsync(Rpc.Result(question, Rpc.Sampled("second")));

        Assert.Equal("first", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
        Assert.Single(await client.ReceivedAsync(), name => name == "answer");
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    public async Task Answer_InAnotherSession_ReachesNoChild(Wire wire)
    {
        await using var target = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        await using var other = await shared.Gateway.ConnectAsync(wire, Capabilities);
        using var call = await PendingSample.BeginAsync(target);

        using var accepted = await other.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("stolen")));

        Assert.Equal(202, accepted.Status);
        await AssertNoAnswerReceivedAsync(target);
        await AssertNoAnswerReceivedAsync(other);
        await AcceptAsync(target, Rpc.Result(call.Question, Rpc.Sampled("own")));
        Assert.Equal("own", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    [Fact]
    public async Task Question_CancelledByTheChild_IsCancelledUnderTheIdThatTheClientKnows()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        // Two questions, so that the ids of the two sides are no longer the same by chance.
        await client.SendAsync(Rpc.Call("1", "sample", new { prompt = "one" }));
        var one = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");
        await client.CallAsync("reply", new { raw = Rpc.Request("\"x\"", "sampling/createMessage") });
        var two = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");

        await client.CallAsync("notify", new { method = "notifications/cancelled", @params = new { requestId = "x" } });
        var cancelled = await client.Inbox.TakeAsync(message => message.Method() == "notifications/cancelled");
        await client.SendAsync(Rpc.Result(two, Rpc.Sampled("too late")));
        await client.SendAsync(Rpc.Result(one, Rpc.Sampled("in time")));

        Assert.NotEqual("x", two.Get("id").ToString());
        Assert.Equal(two.Get("id").GetRawText(), cancelled.Get("params").Get("requestId").GetRawText());
        Assert.Equal("in time", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
        Assert.Single(await client.ReceivedAsync(), name => name == "answer");
    }

    [Fact]
    public async Task Question_WithoutCallOrStream_WaitsForAStream()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: Capabilities);
        var own = await PendingSample.NextChildIdAsync(client);
        // The child answers its call first and asks afterwards, when nothing is in flight.
        var raw = Rpc.Result($"{own}", "{}") + '\n' + Rpc.Request("\"late\"", "roots/list");
        Assert.Equal("{}", (await client.CallAsync("reply", new { raw })).Get("result").GetRawText());

        using var stream = await client.OpenStreamAsync();
        var question = (await stream.NextAsync())!.Value;
        await AcceptAsync(client, Rpc.Result(question, """{"roots":[]}"""));

        Assert.Equal("roots/list", question.Method());
        Assert.Single(await client.ReceivedAsync(), name => name == "answer");
    }

    [Fact]
    public async Task Ping_OfTheChild_IsAnsweredByTheGateway()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);
        await client.SendAsync(Rpc.Call("1", "request", new { method = "ping" }));

        Assert.Equal("answered", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
        Assert.Empty(client.Inbox.Rest); // the client is not asked: it may have no stream
    }

    private static async Task AcceptAsync(IRawClient client, string body)
    {
        using var accepted = await client.PostAsync(body);
        Assert.Equal(202, accepted.Status);
    }

    private static async Task AssertNoAnswerReceivedAsync(IRawClient client)
    {
        var received = (await client.CallAsync("received")).Structured();
        Assert.DoesNotContain("answer", received.Get("messages").EnumerateArray().Select(name => name.GetString()));
    }
}
