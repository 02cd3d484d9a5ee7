using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>POST /message without a session: on whose child it runs.</summary>
public sealed class SessionlessTests
{
    [Fact]
    public async Task Call_OnSharedIsolation_RunsOnTheSharedChild()
    {
        await using var gateway = await OneChild.StartGatewayAsync("shared");
        var (alice, bob) = (new PlainClient(gateway, user: "alice"), new PlainClient(gateway, user: "bob"));
        var pid = await alice.PidAsync();
        await using var session = await SseClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""", user: "carol");

        Assert.Equal(pid, await session.PidAsync());
        Assert.Equal(pid, await bob.PidAsync());
        Assert.Single(await session.ReceivedAsync(), name => name == "initialize");
    }

    [Fact]
    public async Task Call_OnUserIsolation_RunsOnTheUsersChildWithoutCapabilities()
    {
        await using var gateway = await OneChild.StartGatewayAsync("user");
        await using var without = await SseClient.ConnectAsync(gateway, user: "alice");
        await using var with = await SseClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""", user: "alice");
        var (alice, bob) = (new PlainClient(gateway, user: "alice"), new PlainClient(gateway, user: "bob"));
        var pid = await alice.PidAsync();

        Assert.Equal(pid, await without.PidAsync());
        Assert.NotEqual(pid, await with.PidAsync());
        Assert.NotEqual(pid, await bob.PidAsync());
        Assert.NotEqual(pid, await new PlainClient(gateway).PidAsync());
        Assert.Single(await without.ReceivedAsync(), name => name == "initialize");
    }

    [Fact]
    public async Task Call_OnSessionIsolation_RunsOnAChildOfTheUsersOwn()
    {
        await using var gateway = await OneChild.StartGatewayAsync("session");
        await using var session = await SseClient.ConnectAsync(gateway, user: "alice");
        var (alice, bob) = (new PlainClient(gateway, user: "alice"), new PlainClient(gateway, user: "bob"));
        var pid = await alice.PidAsync();

        Assert.Equal(pid, await new PlainClient(gateway, user: "alice").PidAsync());
        Assert.NotEqual(pid, await bob.PidAsync());
        Assert.NotEqual(pid, await session.PidAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Calls_WithAndWithoutASession_UnderOneId_AreEachAnsweredToTheirCaller(string isolation)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var session = await SseClient.ConnectAsync(gateway, user: "alice");
        IRawClient[] clients = [session, new PlainClient(gateway, user: "alice"), new PlainClient(gateway, user: "alice")];

        for (var round = 0; round < 50; round++)
        {
            var answers = await Task.WhenAll(clients.Select((client, number) =>
                client.AskAsync(Rpc.Call("1", "progress", new { steps = 2, text = $"{number} {round}" }, "1"), "1")));
            Assert.Equal(clients.Select((_, number) => $"{number} {round}"), answers.Select(answer => answer.Text()));
        }

        var messages = session.Inbox.Rest.Select(progress => progress.Get("params").Get("message").GetString()!);
        Assert.Equal(Enumerable.Range(0, 100).Select(step => $"0 {step / 2}"), messages);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Initialize_WithoutASession_IsAnsweredFromTheChildsOwn(string isolation)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        var plain = new PlainClient(gateway, user: "alice");

        for (var time = 0; time < 2; time++)
        {
            var result = (await plain.AskAsync(Rpc.Request("1", "initialize"), "1")).Get("result");
            Assert.Equal("mcpgateway-test-server", result.Get("serverInfo").Get("name").GetString());
        }

        Assert.Equal(["initialize", "notifications/initialized"], await plain.ReceivedAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Call_WhoseCallerLeaves_IsCancelledAlone(string isolation)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var session = await SseClient.ConnectAsync(gateway, user: "alice");
        await session.SendAsync(Rpc.Call("1", "echo", new { text = "stays", gate = "g" }));
        using var leaving = new CancellationTokenSource();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.BaseAddress, "test/message"))
        {
            Content = TestHttp.Json(Rpc.Call("1", "hang")),
            Headers = { { TestUsers.Header, "alice" } },
        };
        var call = http.SendAsync(request, leaving.Token);
        await Eventually.TrueAsync(
            async () => (await session.ReceivedAsync()).Contains("tools/call hang"), "the call is in flight", TestHttp.Timeout);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await Eventually.TrueAsync(
            async () => (await session.CallAsync("cancelled")).Structured().Get("cancelled").GetArrayLength() == 1,
            "the child knows", TestHttp.Timeout);
        await session.CallAsync("open", new { name = "g" });
        Assert.Equal("stays", (await session.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
    }
}
