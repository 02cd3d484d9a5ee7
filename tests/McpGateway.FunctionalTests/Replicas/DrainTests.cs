using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>A gateway that was told to stop, alone and among others.</summary>
public sealed class DrainTests
{
    // Long enough that a test sees what happens meanwhile; the gateway is then hurried by nothing but its end.
    private static readonly Dictionary<string,
    string?> Slow = new() { ["Drain:Delay"] = "00:00:03", ["Drain:Timeout"] = "00:00:10" };

    [Fact]
    public async Task Alone_DuringTheDelay_TakesNoNewSessionAndAllElse()
    {
        var gateway = await TestGateway.StartWithTestServerAsync(settings: Slow);
        var client = await StreamableClient.ConnectAsync(gateway);
        using var stream = await client.OpenStreamAsync();
        var stopping = gateway.DisposeAsync().AsTask();
        await Eventually.TrueAsync(async () => await HealthAsync(gateway) is (503, "Draining"), "it drains", TestHttp.Timeout);

        using var live = await TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, "health/live"));
        using var refused = await StreamableClient.Create(gateway).PostAsync(Rpc.Initialize("5"));
        using var sse = await TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, "test/sse"));
        var call = await client.CallAsync("echo", new { text = "hi" });
        var plain = await new PlainClient(gateway).CallAsync("echo", new { text = "hi" });

        Assert.Equal(200, live.Status);
        Assert.Equal((503, -32003, "5"), (refused.Status, (await refused.JsonAsync()).Code(), refused.Header("Retry-After")));
        Assert.Equal((503, -32003, "5"), (sse.Status, (await sse.JsonAsync()).Code(), sse.Header("Retry-After")));
        Assert.Equal(("hi", "hi"), (call.Text(), plain.Text()));
        Assert.Null(await stream.NextAsync());
        Assert.InRange(stream.Retry ?? 0, 1, 10_000);
        await stopping;
    }

    [Fact]
    public async Task Replica_DuringTheDelay_HasAnotherTakeNewSessions()
    {
        await using var set = await ReplicaSet.StartAsync(settings: index => index == 0 ? Slow : []);
        var leaving = set[0];
        var stopping = await set.BeginStopAsync(0);

        await using var client = await StreamableClient.ConnectAsync(leaving);
        Assert.StartsWith("gw-1.", client.SessionId, StringComparison.Ordinal);
        Assert.Equal("hi", (await new PlainClient(leaving).CallAsync("echo", new { text = "hi" })).Text());
        using var stream = await TestHttp.SendAsync(HttpMethod.Get, new Uri(leaving.BaseAddress, "test/sse"));

        Assert.Equal(503, stream.Status); // it would end with this replica
        Assert.Equal("close", stream.Header("Connection"));
        await stopping;
        Assert.Equal("hi", (await set.Through(0, client).CallAsync("echo", new { text = "hi" })).Text());
        client.SessionId = null;
    }

    [Fact]
    public async Task UsersReplica_ThatDrains_HasTheNextTakeTheBody()
    {
        await using var set = await ReplicaSet.StartAsync(
            3, new() { ["isolation"] = "user" }, index => index == 0 ? Slow : []);
        var users = new List<string>();
        foreach (var user in Enumerable.Range(0, 30).Select(i => $"user-{i}"))
        {
            await using var client = await StreamableClient.ConnectAsync(set[1], user: user);
            if (client.SessionId!.StartsWith("gw-0.", StringComparison.Ordinal))
                users.Add(user);
        }

        Assert.NotEmpty(users);
        var stopping = await set.BeginStopAsync(0);
        foreach (var user in users)
        {
            await using var client = await StreamableClient.ConnectAsync(set[0], user: user); // what was the second
            Assert.False(client.SessionId!.StartsWith("gw-0.", StringComparison.Ordinal));
            Assert.Equal("hi", (await new PlainClient(set[1], user: user).CallAsync("echo", new { text = "hi" })).Text());
        }

        await stopping;
    }

    [Fact]
    public async Task Replica_ThatDrains_AnswersWhatIsInFlightAndSendsTheRestElsewhere()
    {
        await using var set = await ReplicaSet.StartAsync(settings: _ => new() { ["Drain:Timeout"] = "00:00:20" });
        var client = await StreamableClient.ConnectAsync(set[0], capabilities: """{"sampling":{}}""");
        var idle = await StreamableClient.ConnectAsync(set[0]);
        var other = set.Through(1, client);
        using var call = await PendingSample.BeginAsync(other);
        var stopping = await set.BeginStopAsync(0);

        await Eventually.TrueAsync(
            async () => await StatusAsync(set.Through(0, idle)) == 404, "an idle session has ended", TestHttp.Timeout);
        Assert.Equal(404, await StatusAsync(other));
        Assert.False(stopping.IsCompleted);
        using var accepted = await other.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("still there")));
        Assert.Contains("still there", (await call.Stream.NextAsync())!.Value.GetRawText(), StringComparison.Ordinal);
        await stopping;
        Assert.Equal(404, await StatusAsync(set.Through(0, client)));
    }

    [Fact]
    public async Task Stream_ThroughAReplicaThatDrains_EndsWhenItsCallsAreAnswered()
    {
        await using var set = await ReplicaSet.StartAsync(
            keys: new() { ["isolation"] = "user" }, settings: _ => new() { ["Drain:Timeout"] = "00:00:20" });
        SseClient client;
        for (var i = 0; ; i++) // until one lives at the other replica
        {
            client = await SseClient.ConnectAsync(set[0], capabilities: """{"sampling":{}}""", user: $"user-{i}");
            if (client.Endpoint.Contains("sessionId=gw-1.", StringComparison.Ordinal))
                break;
            await client.DisposeAsync();
        }

        await client.SendAsync(Rpc.Call("7", "sample", new { prompt = "?" }));
        var question = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");
        var owner = set[1];
        var user = client.User;
        var stopping = await set.BeginStopAsync(0);
        Assert.False(client.Reading.IsCompleted);

        using var accepted = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(owner.BaseAddress, client.Endpoint),
            TestHttp.Json(Rpc.Result(question, Rpc.Sampled("late"))),
            TestUsers.HeaderOf(user));

        Assert.Contains("late", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).GetRawText(),
            StringComparison.Ordinal);
        await client.Reading.WaitAsync(TestHttp.Timeout, TestHttp.Token);
        await stopping;
    }

    private static async Task<int> StatusAsync(StreamableClient client)
    {
        using var answer = await client.PostAsync(Rpc.Request(client.NextId(), "ping"));
        return answer.Status;
    }

    private static async Task<(int, string?)> HealthAsync(TestGateway gateway)
    {
        using var answer = await TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, "health"));
        return (answer.Status, (await answer.JsonAsync()).Get("status").GetString());
    }
}
