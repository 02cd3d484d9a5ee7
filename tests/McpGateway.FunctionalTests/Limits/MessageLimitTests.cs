using System.Globalization;
using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Limits;

/// <summary>How many messages, sessions and streams a client may have a minute.</summary>
public sealed class MessageLimitTests
{
    private readonly StillTime _time = new();

    [Fact]
    public async Task Messages_OfFiftyParallelClients_AreExactlyAsManyAsMayBe()
    {
        await using var gateway = await StartAsync(new() { ["permitsPerMinute"] = 60 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(client => Enumerable.Range(0, 4).Select(i =>
            PingAsync(gateway, "alice", (client * 4) + i))).Append(PingAsync(gateway, "bob", 1000)));

        Assert.Equal(60, answers.SkipLast(1).Count(status => status == 200));
        Assert.Equal(140, answers.SkipLast(1).Count(status => status == 429));
        Assert.Equal(200, answers[^1]);
        foreach (var i in Enumerable.Range(0, 59))
            Assert.Equal(200, await PingAsync(gateway, "bob", i));
        Assert.Equal(429, await PingAsync(gateway, "bob", 60));
    }

    [Fact]
    public async Task Refusal_SaysWhenToGoOn_AndThenItDoes()
    {
        await using var gateway = await StartAsync(new() { ["permitsPerMinute"] = 6 });
        using (var first = await SendAsync(gateway, "alice", Rpc.Request("1", "ping")))
        {
            Assert.Equal(
                ("6", "5", "10"),
                    (first.Header("RateLimit-Limit"), first.Header("RateLimit-Remaining"), first.Header("RateLimit-Reset")));
        }

        for (var i = 0; i < 5; i++)
            Assert.Equal(200, await PingAsync(gateway, "alice", i));

        using var refused = await SendAsync(gateway, "alice", Rpc.Request("\"mine\"", "ping"));
        var error = await refused.JsonAsync();
        Assert.Equal((429, -32003, "mine"), (refused.Status, error.Code(), error.Get("id").GetString()));
        Assert.Equal(("0", "60"), (refused.Header("RateLimit-Remaining"), refused.Header("RateLimit-Reset")));
        var wait = TimeSpan.FromSeconds(int.Parse(refused.Header("Retry-After")!, CultureInfo.InvariantCulture));
        Assert.Equal(TimeSpan.FromSeconds(10), wait);
        _time.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.Equal(429, await PingAsync(gateway, "alice", 7));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, await PingAsync(gateway, "alice", 8));
        Assert.Equal(429, await PingAsync(gateway, "alice", 9));
    }

    [Fact]
    public async Task Batch_IsChargedByMessage_AllOrNone()
    {
        await using var gateway = await StartAsync(new() { ["permitsPerMinute"] = 6 });
        await using var client = await StreamableClient.ConnectAsync(
            gateway, version: "2025-03-26", user: "alice"); // two messages
        using (var five = await client.PostAsync(Batch(5)))
        {
            Assert.Equal((429, "4"), (five.Status, five.Header("RateLimit-Remaining")));
            Assert.Equal(System.Text.Json.JsonValueKind.Null, (await five.JsonAsync()).Get("id").ValueKind);
        }

        using (var four = await client.PostAsync(Batch(4)))
        {
            Assert.Equal((200, "0"), (four.Status, four.Header("RateLimit-Remaining")));
            Assert.Equal(4, (await four.AllAsync()).Count);
        }

        using var one = await client.PostAsync(Rpc.Notification("notifications/roots/list_changed"));
        Assert.Equal(429, one.Status);
    }

    [Fact]
    public async Task Answer_AndCancellation_AreCountedAndNeverRefused()
    {
        var limits = new JsonObject { ["permitsPerMinute"] = 6 };
        await using var gateway = await TestGateway.StartAsync(
            TestGateway.TestServerJson(keys: new() { ["rateLimit"] = limits }).ToJsonString(), null, _time.Add);
        await using var client = await SseClient.ConnectAsync(
            gateway, capabilities: """{"sampling":{}}""", user: "alice"); // two messages
        await client.SendAsync(Rpc.Call("3", "sample", new { prompt = "?" }));
        var question = await client.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");
        await client.SendAsync(Rpc.Call("4", "hang"));
        Assert.Equal((202, "1"), await PostAsync("""{"jsonrpc":"2.0","id":77,"result":{}}"""));
        Assert.Equal((202, "0"), await PostAsync(Rpc.Request("6", "ping")));
        Assert.Equal((429, "0"), await PostAsync(Rpc.Request("7", "ping")));

        Assert.Equal((202, "0"), await PostAsync(Rpc.Notification("notifications/cancelled", """{"requestId":4}""")));
        Assert.Equal((202, "0"), await PostAsync(Rpc.Result(question, Rpc.Sampled("forty-two"))));
        Assert.Equal("forty-two", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("3"))).Text());
        Assert.Equal((429, "0"), await PostAsync(Rpc.Notification("notifications/roots/list_changed")));

        async Task<(int, string?)> PostAsync(string body)
        {
            using var answer = await client.PostAsync(body);
            return (answer.Status, answer.Header("RateLimit-Remaining"));
        }
    }

    [Fact]
    public async Task Limit_ThatIsChanged_HoldsForTheNextRequest()
    {
        await using var gateway = await StartAsync(new() { ["permitsPerMinute"] = 1 });
        Assert.Equal(200, await PingAsync(gateway, "alice", 1));
        Assert.Equal(429, await PingAsync(gateway, "alice", 2));
        await gateway.RewriteAsync(Json(new() { ["permitsPerMinute"] = 3 }));
        Assert.Equal(200, await PingAsync(gateway, "alice", 3));
        Assert.Equal(200, await PingAsync(gateway, "alice", 4));
        Assert.Equal(429, await PingAsync(gateway, "alice", 5));
        await gateway.RewriteAsync(Json(null));
        using var free = await SendAsync(gateway, "alice", Rpc.Request("6", "ping"));
        Assert.Equal((200, null), (free.Status, free.Header("RateLimit-Limit")));
    }

    [Fact]
    public async Task Openings_AreLimitedByThemselves()
    {
        await using var gateway = await StartAsync(new() { ["openingsPerMinute"] = 3 });
        await using var client = await StreamableClient.ConnectAsync(gateway, user: "alice");
        using var stream = await client.OpenStreamAsync();
        await using var sse = await SseClient.ConnectAsync(gateway, user: "alice");

        using (var get = await client.SendAsync(HttpMethod.Get, null, "text/event-stream"))
            Assert.Equal((429, "20"), (get.Status, get.Header("Retry-After")));
        using (var get = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway.BaseAddress, "test/sse"), null, TestUsers.HeaderOf("alice")))
            Assert.Equal(429, get.Status);
        await using var late = StreamableClient.Create(gateway, user: "alice");
        using (var post = await late.PostAsync(Rpc.Initialize("5")))
        {
            Assert.Equal((429, 5), (post.Status, (await post.JsonAsync()).Get("id").GetInt32()));
            Assert.Null(post.Header("Mcp-Session-Id"));
        }

        Assert.Equal("hi", (await client.CallAsync("echo", new { text = "hi" })).Text());
        Assert.Equal("hi", (await sse.CallAsync("echo", new { text = "hi" })).Text());
        await using var bob = await StreamableClient.ConnectAsync(gateway, user: "bob");
        _time.Advance(TimeSpan.FromSeconds(20));
        await using var again = await StreamableClient.ConnectAsync(gateway, user: "alice");
    }

    [Fact]
    public async Task Calls_WithoutASession_AreChargedForTheOneThatTheyOpen()
    {
        await using var gateway = await StartAsync(new() { ["openingsPerMinute"] = 1 });
        Assert.Equal(200, await PingAsync(gateway, "alice", 1));
        Assert.Equal(200, await PingAsync(gateway, "alice", 2)); // in the same
        using (var sse = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway.BaseAddress, "test/sse"), null, TestUsers.HeaderOf("alice")))
            Assert.Equal(429, sse.Status);

        await using var bob = await StreamableClient.ConnectAsync(gateway, user: "bob");
        using var late = await SendAsync(gateway, "bob", Rpc.Request("3", "ping"));
        Assert.Equal((429, "60"), (late.Status, late.Header("Retry-After")));
    }

    [Fact]
    public async Task Messages_OfNobodyInParticular_AreCountedByAddress()
    {
        await using var gateway = await StartAsync(new() { ["permitsPerMinute"] = 1 });
        Assert.Equal(200, await PingAsync(gateway, null, 1));
        Assert.Equal(429, await PingAsync(gateway, null, 2));
        Assert.Equal(200, await PingAsync(gateway, "alice", 3));
    }

    [Fact]
    public async Task Messages_OfAllServersTogether_AreLimitedBySetting()
    {
        await using var gateway = await TestGateway.StartAsync(
            Json(null), new() { ["Access:RateLimit:PermitsPerMinute"] = "2" }, _time.Add);
        Assert.Equal(200, await PingAsync(gateway, "alice", 1));
        Assert.Equal(200, await PingAsync(gateway, "alice", 2, "message"));
        Assert.Equal(429, await PingAsync(gateway, "alice", 3));
    }

    private Task<TestGateway> StartAsync(JsonObject limits) => TestGateway.StartAsync(Json(limits), null, _time.Add);

    private static string Json(JsonObject? limits) => TestGateway.TestServerJson(
        keys: new() { ["isolation"] = "shared", ["rateLimit"] = limits }).ToJsonString();

    private static string Batch(int count) =>
        "[" + string.Join(',', Enumerable.Range(1, count).Select(id => Rpc.Request($"{id}", "ping"))) + "]";

    private static async Task<int> PingAsync(TestGateway gateway, string? user, int id, string path = "test/message")
    {
        using var answer = await SendAsync(gateway, user, Rpc.Request($"{id}", "ping"), path);
        return answer.Status;
    }

    private static Task<Answer> SendAsync(TestGateway gateway, string? user, string body, string path = "test/message") =>
        new PlainClient(gateway, path, user).PostAsync(body);
}
