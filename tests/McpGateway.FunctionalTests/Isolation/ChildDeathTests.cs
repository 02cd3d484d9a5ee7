using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>A child that dies under several sessions, or never lives.</summary>
public sealed class ChildDeathTests
{
    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Crash_OfTheChild_FailsEveryCallAndTheNextFindsANewOneForAll(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());
        await one.CallAsync("pid");
        await one.AskAsync("""{"jsonrpc":"2.0","id":"s","method":"resources/subscribe","params":"""
            + """{"uri":"test://counter"}}""", "\"s\"");
        var pid = await two.PidAsync();
        await two.SendAsync(Rpc.Call("1", "hang"));

        Assert.Equal(-32603, (await one.CallAsync("crash", new { code = 3 })).Code());
        var failed = await two.Inbox.TakeAsync(message => message.IsAnswerTo("1"));
        Assert.Equal((-32603, 3), (failed.Code(), ExitCode(failed)));

        var next = await two.PidAsync();
        Assert.NotEqual(pid, next);
        Assert.Equal(next, await one.PidAsync());
        await two.CallAsync("touch");
        await one.Inbox.TakeAsync(message => message.Method() == "notifications/resources/updated");
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Crash_OfTheChild_FailsEveryCallOfEverySessionAndEndsThemIfToldSo(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation, keys: new() { ["onExit"] = "terminate" });
        var (one, two, streamable) = (await child.JoinAsync(), await child.JoinAsync(), await child.JoinStreamableAsync());
        using var stream = await streamable.OpenStreamAsync();
        var pid = await one.PidAsync();
        await one.SendAsync(Rpc.Call("1", "hang"));
        await one.SendAsync(Rpc.Call("2", "hang"));
        await two.SendAsync(Rpc.Call("1", "hang"));
        using var hanging = await streamable.PostAsync(Rpc.Call("1", "progress", new { steps = 1000, delayMs = 100 }, "1"));
        Assert.Equal("notifications/progress", (await hanging.NextAsync())?.Method());

        await two.SendAsync(Rpc.Call("9", "crash", new { code = 3, stderr = "cannot go on" }));

        var failed = new[]
        {
            await one.Inbox.TakeAsync(message => message.IsAnswerTo("1")),
            await one.Inbox.TakeAsync(message => message.IsAnswerTo("2")),
            await two.Inbox.TakeAsync(message => message.IsAnswerTo("1")),
            await two.Inbox.TakeAsync(message => message.IsAnswerTo("9")),
            (await hanging.AllAsync())[^1],
        };
        Assert.All(failed, answer => Assert.Equal((-32603, 3), (answer.Code(), ExitCode(answer))));
        await one.Reading.WaitAsync(TestHttp.Timeout, TestHttp.Token);
        await two.Reading.WaitAsync(TestHttp.Timeout, TestHttp.Token);
        Assert.Null(await stream.NextAsync());
        foreach (var client in (IRawClient[])[one, two, streamable])
            await Eventually.TrueAsync(async () => await StatusAsync(client) == 404, "the session is gone", TestHttp.Timeout);

        Assert.NotEqual(pid, await (await child.JoinAsync()).PidAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Crash_OfTheChild_FailsCallsWithoutASessionToo(string isolation)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var session = await SseClient.ConnectAsync(gateway, user: "alice");
        var plain = new PlainClient(gateway, user: "alice");
        var pid = await plain.PidAsync();
        var hanging = plain.CallAsync("hang");
        await Eventually.TrueAsync(
            async () => (await session.ReceivedAsync()).Contains("tools/call hang"), "the call is in flight", TestHttp.Timeout);

        Assert.Equal(-32603, (await session.CallAsync("crash")).Code());

        Assert.Equal(-32603, (await hanging).Code());
        await Eventually.TrueAsync(
            async () => await plain.CallAsync("pid") is var answer
                && answer.TryGetProperty("result", out _) && answer.Text() != $"{pid}",
            "a new child answers", TestHttp.Timeout);
    }

    [Fact]
    public async Task Crash_OfOneUsersChild_IsNotAnothers()
    {
        await using var gateway = await OneChild.StartGatewayAsync("user", keys: new() { ["onExit"] = "terminate" });
        await using var alice = await SseClient.ConnectAsync(gateway, user: "alice");
        await using var bob = await SseClient.ConnectAsync(gateway, user: "bob");
        await bob.SendAsync(Rpc.Call("1", "echo", new { text = "still here", gate = "g" }));

        Assert.Equal(-32603, (await alice.CallAsync("crash")).Code());
        await alice.Reading.WaitAsync(TestHttp.Timeout, TestHttp.Token);

        await bob.CallAsync("open", new { name = "g" });
        Assert.Equal("still here", (await bob.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Start_ThatFails_IsAnErrorForEachSessionAndIsTriedAgain(string isolation)
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync(
            isolation, [.. children.Flags, "--stderr", "no licence", "--exit-at-start", "5"], new() { ["maxProcesses"] = 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => InitializeAsync(gateway)));
        Assert.All(answers, error => Assert.Equal(-32603, error.Code()));
        Assert.Contains(answers, error => error.Get("error").Get("data").TryGetProperty("exitCode", out var code)
            && code.GetInt32() == 5);
        var before = children.Started.Length;
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal(-32603, (await InitializeAsync(gateway)).Code()); // at first it says when to try again
            return children.Started.Length > before;
        }, "it is tried again", TestHttp.Timeout);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Start_WithoutAnAnswer_FailsAfterTheStartTimeout(string isolation)
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync(
            isolation, ["--hang-at-initialize", .. children.Flags], new() { ["startTimeout"] = "00:00:01" });

        var answers = await Task.WhenAll(InitializeAsync(gateway), InitializeAsync(gateway));

        Assert.All(answers, error => Assert.Contains("startTimeout", error.ErrorMessage(), StringComparison.Ordinal));
        await children.GoneAsync();
    }

    // Until there is room: a child that failed may still hold its process slot.
    private static async Task<System.Text.Json.JsonElement> InitializeAsync(TestGateway gateway)
    {
        System.Text.Json.JsonElement? error = null;
        await Eventually.TrueAsync(async () =>
        {
            await using var client = StreamableClient.Create(gateway, user: "alice");
            using var answer = await client.PostAsync(Rpc.Initialize("1"));
            if (answer.Status != 503)
                error = Assert.Single(await answer.AllAsync());
            return error is not null;
        }, "there is room for an attempt", TestHttp.Timeout);
        return error!.Value;
    }

    private static int ExitCode(System.Text.Json.JsonElement answer) =>
        answer.Get("error").Get("data").Get("exitCode").GetInt32();

    private static async Task<int> StatusAsync(IRawClient client)
    {
        using var answer = await client.PostAsync(Rpc.Request(client.NextId(), "ping"));
        return answer.Status;
    }
}
