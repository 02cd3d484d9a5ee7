using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Transports;

public sealed class StreamableHttpTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("test/mcp")]
    [InlineData("mcp")]
    public async Task Initialize_AsFirstMessage_OpensASession(string path)
    {
        await using var client = StreamableClient.Create(shared.Gateway, path);

        using var answer = await client.PostAsync(Rpc.Initialize("\"first\""));
        client.SessionId = answer.Header("Mcp-Session-Id");

        Assert.Equal(200, answer.Status);
        Assert.Matches(@"\A[A-Za-z0-9_-]{22,}\z", client.SessionId);
        var message = (await answer.NextAsync())!.Value;
        Assert.True(message.IsAnswerTo("\"first\""));
        Assert.Equal("mcpgateway-test-server", message.Get("result").Get("serverInfo").Get("name").GetString());
    }

    [Fact]
    public async Task Initialize_OfASecondClient_OpensAnotherSessionWithAnotherChild()
    {
        await using var one = await StreamableClient.ConnectAsync(shared.Gateway);
        await using var two = await StreamableClient.ConnectAsync(shared.Gateway);

        Assert.NotEqual(one.SessionId, two.SessionId);
        Assert.NotEqual(await one.PidAsync(), await two.PidAsync());
    }

    [Fact]
    public async Task Initialize_InItsOwnSession_IsRefused()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);

        using var again = await client.PostAsync(Rpc.Initialize("5"));

        Assert.Equal((400, -32600), (again.Status, (await again.JsonAsync()).Code()));
        Assert.Equal(["initialize", "notifications/initialized"], await client.ReceivedAsync());
    }

    /// <summary>Some clients number every request 1, and share one session between conversations.</summary>
    [Fact]
    public async Task Calls_WithOneIdInFlight_AreEachAnsweredOnTheirOwnResponse()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);
        var texts = Enumerable.Range(0, 8).Select(number => $"call {number}").ToArray();

        var answers = await Task.WhenAll(texts.Select(async (text, number) =>
        {
            using var answer = await client.PostAsync(Rpc.Call("1", "delay", new { ms = 400 - (50 * number), text }));
            return (await answer.AllAsync()).Single(message => message.IsAnswerTo("1")).Text();
        }));

        Assert.Equal(texts, answers);
    }

    [Fact]
    public async Task Notification_InASession_IsAcceptedWithoutABody()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);

        using var accepted = await client.PostAsync(Rpc.Notification("notifications/roots/list_changed"));

        Assert.Equal((202, ""), (accepted.Status, await accepted.BodyAsync()));
        Assert.Contains("notifications/roots/list_changed", await client.ReceivedAsync());
    }

    [Fact]
    public async Task Call_AnsweredAtOnce_IsAnsweredAsJson()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);

        using var answer = await client.PostAsync(Rpc.Call("7", "echo", new { text = "naïve ☃ 🎈" }));

        var message = await answer.JsonAsync();
        Assert.True(message.IsAnswerTo("7"));
        Assert.Equal("naïve ☃ 🎈", message.Text());
    }

    [Fact]
    public async Task Call_WithProgress_IsAnsweredAsEventsThatEndWithTheAnswer()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);

        using var answer = await client.PostAsync(Rpc.Call("7", "progress", new { steps = 3 }, "\"token\""));
        var messages = await answer.AllAsync();

        Assert.Equal("text/event-stream", answer.ContentType);
        Assert.Equal("no", answer.Header("X-Accel-Buffering"));
        Assert.Equal("no-cache, no-transform", answer.Header("Cache-Control"));
        Assert.Equal(4, messages.Count);
        Assert.Equal([1, 2, 3], messages.SkipLast(1).Select(message => message.Get("params").Get("progress").GetInt32()));
        Assert.All(messages.SkipLast(1),
            message => Assert.Equal("token", message.Get("params").Get("progressToken").GetString()));
        Assert.True(messages[3].IsAnswerTo("7"));
        Assert.Equal("done", messages[3].Text());
    }

    [Fact]
    public async Task Call_ThatIsSilentForLong_IsAnsweredAsEventsWithAKeepAlive()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);

        using var answer = await client.PostAsync(Rpc.Call("7", "delay", new { ms = 2000, text = "late" }));
        var messages = await answer.AllAsync();

        Assert.Equal("text/event-stream", answer.ContentType);
        Assert.Equal("late", Assert.Single(messages).Text());
        Assert.True(answer.Comments > 0);
    }

    [Fact]
    public async Task Delete_OfASession_EndsItAndItsChild()
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartWithTestServerAsync(children.Flags);
        await using var client = await StreamableClient.ConnectAsync(gateway);
        Assert.Single(children.Living);

        Assert.Equal(204, await client.DeleteAsync());

        using var late = await client.PostAsync(Rpc.Call("7", "echo", new { text = "x" }));
        Assert.Equal((404, -32001), (late.Status, (await late.JsonAsync()).Code()));
        Assert.Equal(404, await client.DeleteAsync());
        await children.GoneAsync();
    }

    [Fact]
    public async Task Delete_DuringACall_AnswersTheCall()
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway, capabilities: """{"sampling":{}}""");
        using var call = await PendingSample.BeginAsync(client);

        await client.DeleteAsync();

        Assert.Equal(-32603, Assert.Single(await call.Stream.AllAsync()).Code());
    }
}
