using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>Sessions whose requests come to any replica.</summary>
public sealed class ReplicaSessionTests
{
    private const string ListChanged = "notifications/tools/list_changed";

    [Fact]
    public async Task Streamable_ThroughAnotherReplica_IsTheSameSession()
    {
        await using var set = await ReplicaSet.StartAsync();
        await using var client = await StreamableClient.ConnectAsync(set[0]);
        Assert.StartsWith("gw-0.", client.SessionId, StringComparison.Ordinal);
        var other = set.Through(1, client);

        Assert.Equal(await client.PidAsync(), await other.PidAsync());
        using var stream = await other.OpenStreamAsync();
        using var call = await PendingSample.BeginAsync(other);
        Assert.Equal("notified", (await other.CallAsync("notify", new { method = ListChanged })).Text());
        Assert.Equal(ListChanged, (await stream.NextAsync())?.Method());

        Assert.Equal(204, await other.DeleteAsync());
        Assert.Null(await stream.NextAsync());
        using var late = await client.PostAsync(Rpc.Request("7", "ping"));
        Assert.Equal(404, late.Status);
    }

    [Fact]
    public async Task Sse_MessagesThroughAnotherReplica_AreAnsweredOnItsStream()
    {
        await using var set = await ReplicaSet.StartAsync();
        await using var client = await SseClient.ConnectAsync(set[0]);

        using var accepted = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(set[1].BaseAddress, client.Endpoint),
                TestHttp.Json(Rpc.Call("7", "echo", new { text = "round" })));

        Assert.Equal(202, accepted.Status);
        Assert.Equal("round", (await client.Inbox.TakeAsync(message => message.IsAnswerTo("7"))).Text());
    }

    [Fact]
    public async Task LongPost_ThroughAnotherReplica_ShowsItsEventsAsTheyCome()
    {
        await using var set = await ReplicaSet.StartAsync();
        await using var client = await StreamableClient.ConnectAsync(set[0], capabilities: """{"sampling":{}}""");
        var other = set.Through(1, client);

        // The call waits for its client: were the question held back, there would be no answer to it.
        using var call = await other.PostAsync(Rpc.Call("7", "sample", new { prompt = "?" }));
        var question = (await call.NextAsync())!.Value;
        using var accepted = await client.PostAsync(Rpc.Result(question, Rpc.Sampled("sampled")));

        Assert.Equal("sampling/createMessage", question.Method());
        Assert.Contains("sampled", (await call.NextAsync())!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_SessionsOpenedAnywhere_ShareOneChildAtOneReplica()
    {
        await using var set = await ReplicaSet.StartAsync(3, new JsonObject { ["isolation"] = "user" });
        var homes = new HashSet<string>();
        foreach (var user in Enumerable.Range(0, 12).Select(i => $"user-{i}"))
        {
            await using var first = await StreamableClient.ConnectAsync(set[0], user: user);
            await using var second = await StreamableClient.ConnectAsync(set[1], user: user);
            await using var third = await SseClient.ConnectAsync(set[2], user: user);
            var home = first.SessionId!.Split('.')[0];
            homes.Add(home);
            Assert.StartsWith(home + ".", second.SessionId, StringComparison.Ordinal);
            Assert.Contains($"sessionId={home}.", third.Endpoint, StringComparison.Ordinal);
            var pid = await first.PidAsync();
            Assert.Equal([pid, pid], [await second.PidAsync(), await third.PidAsync()]);
            // Calls without a session have a child of the gateway's own handshake; that one is the same everywhere, too.
            var plain = await new PlainClient(set[0], user: user).PidAsync();
            Assert.Equal(plain, await new PlainClient(set[2], user: user).PidAsync());
        }

        Assert.Equal(3, homes.Count);
    }

    [Fact]
    public async Task Stateless_IsServedWhereItLands()
    {
        await using var set = await ReplicaSet.StartAsync();
        var here = await new PlainClient(set[0]).PidAsync();
        var there = await new PlainClient(set[1]).PidAsync();
        Assert.NotEqual(here, there);
    }

    [Fact]
    public async Task Client_ThatLeavesItsStreamThroughAnotherReplica_EndsTheSession()
    {
        await using var set = await ReplicaSet.StartAsync(keys: new() { ["isolation"] = "user" });
        var users = Enumerable.Range(0, 20).Select(i => $"user-{i}");
        SseClient? away = null;
        foreach (var user in users) // until one lives at the other replica
        {
            var client = await SseClient.ConnectAsync(set[0], user: user);
            if (client.Endpoint.Contains("sessionId=gw-1.", StringComparison.Ordinal))
            {
                away = client;
                break;
            }

            await client.DisposeAsync();
        }

        Assert.NotNull(away);
        await away.DisposeAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await TestHttp.SendAsync(
                    HttpMethod.Post, new Uri(set[1].BaseAddress, away.Endpoint),
                    TestHttp.Json(Rpc.Request(away.NextId(), "ping")),
                    TestUsers.HeaderOf(away.User));
                return answer.Status == 404;
            },
            "the session has ended", TestHttp.Timeout);
    }

    [Fact]
    public async Task PageOfAnAllowedOrigin_ThroughAnotherReplica_IsToldOnce()
    {
        await using var set = await ReplicaSet.StartAsync();
        await using var client = await StreamableClient.ConnectAsync(set[0]);

        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(set[1].BaseAddress, "test/mcp"), TestHttp.Json(Rpc.Request("7", "ping")),
            ("Mcp-Session-Id", client.SessionId!), ("Origin", "http://localhost:5173"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("http://localhost:5173", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Null(answer.Header("McpGateway-Forwarded"));
    }

    [Fact]
    public async Task Body_OverTheLimitThroughAnotherReplica_Is413()
    {
        await using var set = await ReplicaSet.StartAsync(settings: _ => new() { ["Limits:RequestBodyBytes"] = "100000" });
        await using var client = await StreamableClient.ConnectAsync(set[0]);

        using var answer = await set.Through(1, client).PostAsync(Rpc.Call("7", "echo", new { text = new string('x', 100000) }));

        Assert.Equal((413, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }
}
