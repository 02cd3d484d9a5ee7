using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>What a child asks, when its calls show whom.</summary>
public sealed class ServerRequestTests
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
    public async Task Question_OfTheOnlyCall_IsAskedInItsSession(string tool, string method, string result, string text)
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (idle, calls) = (await child.JoinAsync(), await child.JoinAsync());
        await calls.SendAsync(Rpc.Call("1", tool, new { prompt = "?", message = "?" }));

        var question = await calls.Inbox.TakeAsync(message => message.Method() == method);
        await calls.SendAsync(Rpc.Result(question, result));

        Assert.Equal(text, (await calls.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
        await child.SettleAsync();
        Assert.Empty(idle.Inbox.Rest);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Question_OfTheOnlyCallOverStreamableHttp_IsAskedOnItsStream(
        string tool, string method, string result, string text)
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (idle, calls) = (await child.JoinStreamableAsync(), await child.JoinStreamableAsync());
        using var idleStream = await idle.OpenStreamAsync();
        using var stream = await calls.OpenStreamAsync();
        using var call = await calls.PostAsync(Rpc.Call("1", tool, new { prompt = "?", message = "?" }));

        var question = (await call.NextAsync())!.Value;
        Assert.Equal(method, question.Method());
        using var accepted = await calls.PostAsync(Rpc.Result(question, result));

        Assert.Equal(text, Assert.Single(await call.AllAsync()).Text());
        await idle.DeleteAsync();
        await calls.DeleteAsync();
        Assert.Empty(await idleStream.AllAsync());
        Assert.Empty(await stream.AllAsync());
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("elicit")]
    [InlineData("roots")]
    public async Task Question_OfASharedChild_IsRefusedWhateverItsClientDeclared(string tool)
    {
        await using var child = await OneChild.StartAsync("shared", capabilities: Capabilities);
        var (calls, other) = (await child.JoinAsync(), await child.JoinAsync());

        var answer = await calls.CallAsync(tool, new { prompt = "?", message = "?" });
        await child.SettleAsync();

        Assert.StartsWith("-32601: ", answer.Text(), StringComparison.Ordinal);
        Assert.Empty(calls.Inbox.Rest);
        Assert.Empty(other.Inbox.Rest);
    }

    [Fact]
    public async Task Question_WhileOneSessionHasSeveralCalls_IsAskedThere()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (idle, calls) = (await child.JoinAsync(), await child.JoinAsync());
        await calls.SendAsync(Rpc.Call("1", "hang"));
        await calls.SendAsync(Rpc.Call("2", "sample", new { prompt = "one" }));
        await calls.SendAsync(Rpc.Call("3", "sample", new { prompt = "two" }));

        foreach (var prompt in (string[])["one", "two"])
            await calls.SendAsync(Rpc.Result(await TakePromptAsync(calls, prompt), Rpc.Sampled($"to {prompt}")));

        Assert.Equal("to one", (await calls.Inbox.TakeAsync(message => message.IsAnswerTo("2"))).Text());
        Assert.Equal("to two", (await calls.Inbox.TakeAsync(message => message.IsAnswerTo("3"))).Text());
        await child.SettleAsync();
        Assert.Empty(idle.Inbox.Rest);
    }

    [Fact]
    public async Task Question_WithoutACall_IsAskedTheOnlySession()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var client = await child.JoinAsync();
        await client.CallAsync("request", new { method = "roots/list", afterwards = true });

        var question = await client.Inbox.TakeAsync(message => message.Method() == "roots/list");
        await client.SendAsync(Rpc.Result(question, """{"roots":[]}"""));
        await client.Inbox.TakeAsync(message => message.Method() == OneChild.ListChanged);

        Assert.Equal("[]", (await AnswersAsync(client))[0].Get("result").Get("roots").GetRawText());
    }

    [Fact]
    public async Task Answer_OfAnotherSession_DoesNotReachTheChild()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (target, other, third) = (await child.JoinAsync(), await child.JoinAsync(), await child.JoinStreamableAsync());
        await target.SendAsync(Rpc.Call("1", "sample", new { prompt = "?" }));
        var question = await TakePromptAsync(target, "?");

        await other.SendAsync(Rpc.Result(question, Rpc.Sampled("stolen")));
        foreach (var id in (string[])["0", "1", "2", "\"1\""])
        {
            using var accepted = await third.PostAsync(Rpc.Result(id, Rpc.Sampled("guessed")));
            Assert.Equal(202, accepted.Status);
        }

        Assert.Empty(await AnswersAsync(other));
        await target.SendAsync(Rpc.Result(question, Rpc.Sampled("own")));
        Assert.Equal("own", (await target.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
    }

    [Fact]
    public async Task Question_CancelledByTheChild_IsCancelledInTheAskedSessionAlone()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (other, target) = (await child.JoinAsync(), await child.JoinAsync());
        await target.CallAsync("reply", new { raw = Rpc.Request("\"x\"", "sampling/createMessage") });
        var question = await target.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");

        await other.CallAsync("notify", new { method = "notifications/cancelled", @params = new { requestId = "x" } });
        await child.SettleAsync();
        await target.SendAsync(Rpc.Result(question, Rpc.Sampled("too late")));

        var cancelled = Assert.Single(target.Inbox.Rest);
        Assert.Equal("notifications/cancelled", cancelled.Method());
        Assert.Equal(question.Get("id").GetRawText(), cancelled.Get("params").Get("requestId").GetRawText());
        Assert.Empty(other.Inbox.Rest);
        Assert.Empty(await AnswersAsync(target));
    }

    [Fact]
    public async Task Progress_OfAQuestion_ReachesTheChildUnderItsOwnToken()
    {
        await using var child = await OneChild.StartAsync("user", capabilities: Capabilities);
        var (target, other) = (await child.JoinAsync(), await child.JoinAsync());
        await target.SendAsync(Rpc.Call("1", "sample", new { prompt = "?", progressToken = "the child's" }));
        var question = await TakePromptAsync(target, "?");
        var token = question.Get("params").Get("_meta").Get("progressToken").GetRawText();

        await target.SendAsync(Progress(token, 1));
        await other.SendAsync(Progress(token, 2));
        foreach (var unknown in (string[])["\"the child's\"", "\"1\"", "999", "18446744073709551617"])
            await target.SendAsync(Progress(unknown, 3));
        await target.SendAsync(Progress(token, 4));
        await target.SendAsync(Rpc.Result(question, Rpc.Sampled("done")));
        await target.Inbox.TakeAsync(message => message.IsAnswerTo("1"));

        var reported = (await other.CallAsync("reported")).Structured().Get("reported").EnumerateArray()
            .Select(progress => (progress.Get("progressToken").GetString(), progress.Get("progress").GetInt32()));
        Assert.Equal([("the child's", 1), ("the child's", 4)], reported);

        static string Progress(string token, int progress) =>
            Rpc.Notification("notifications/progress", $$"""{"progressToken":{{token}},"progress":{{progress}}}""");
    }

    private static Task<System.Text.Json.JsonElement> TakePromptAsync(SseClient client, string prompt) =>
        client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage"
            && message.Get("params").Get("messages")[0].Get("content").Get("text").GetString() == prompt);

    private static async Task<System.Text.Json.JsonElement[]> AnswersAsync(IRawClient client) =>
        [.. (await client.CallAsync("answers")).Structured().Get("answers").EnumerateArray()];
}
