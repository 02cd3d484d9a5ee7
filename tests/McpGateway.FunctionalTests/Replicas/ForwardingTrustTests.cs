using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Replicas.Forwarding;
using Microsoft.Extensions.Options;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>What a replica believes of what peers forward, and of what only pretends to be forwarded.</summary>
public sealed class ForwardingTrustTests
{
    private const string ApiKey = "mgw_0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("gw-9.AAAAAAAAAAAAAAAAAAAAAA")] // no replica of theirs
    [InlineData("127.0.0.1.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("localhost.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("gw-0.gw-1.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("gw-1.AAAAAAAAAAAAAAAAAAAAAA")] // there, but no such session
    [InlineData(".AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Id_MadeUp_Is404(string id)
    {
        await using var set = await ReplicaSet.StartAsync();
        await using var client = StreamableClient.Create(set[0]);
        client.SessionId = id;

        using var answer = await client.PostAsync(Rpc.Request("7", "ping"));

        Assert.Equal((404, -32001, 7),
            (answer.Status, (await answer.JsonAsync()).Code(), (await answer.JsonAsync()).Get("id").GetInt32()));
        client.SessionId = null;
    }

    [Theory]
    [InlineData("[0-9]", "2", true)]
    [InlineData("[0-9]", "22", false)]
    [InlineData("[0-9]", "2x", false)]
    [InlineData("1|2", "2x", false)] // anchored as a whole
    [InlineData("1|2", "02", false)]
    [InlineData(".*", "2-", false)] // no label of a host name
    [InlineData(".*", "2_", false)]
    public async Task Id_ByPattern_ReachesOnlyWhatMatches(string pattern, string name, bool reached)
    {
        // One and the same listener for whatever name: it sees whether any peer was contacted.
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var address = $"http://127.0.0.{{name}}:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var set = await ReplicaSet.StartAsync(1, settings: _ => new()
        {
            ["Replicas:Self"] = "1", ["Replicas:Peers:gw-0"] = null,
            ["Replicas:NamePattern"] = pattern, ["Replicas:Address"] = address,
        });
        await using var client = StreamableClient.Create(set[0]);
        client.SessionId = name + ".AAAAAAAAAAAAAAAAAAAAAA";

        var asking = client.PostAsync(Rpc.Request("7", "ping"));
        if (reached)
        {
            using var contacted = await listener.AcceptTcpClientAsync(
                TestHttp.Token).AsTask().WaitAsync(TestHttp.Timeout, TestHttp.Token);
            contacted.Close();
            using var lost = await asking;
            Assert.Equal((502, -32603), (lost.Status, (await lost.JsonAsync()).Code()));
        }
        else
        {
            using var answer = await asking;
            Assert.Equal((404, -32001), (answer.Status, (await answer.JsonAsync()).Code()));
            Assert.False(listener.Pending());
        }

        client.SessionId = null;
    }

    [Theory]
    [InlineData("1;gw-1;gw-0;0;http;127.0.0.1;10.9.9.9;AAAA")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Header_NotSigned_MakesARequestLikeAnyOther(string header)
    {
        await using var set = await ReplicaSet.StartAsync(
            keys: new() { ["rateLimit"] = new JsonObject { ["permitsPerMinute"] = 1000 } });
        await using var client = await StreamableClient.ConnectAsync(set[0]);

        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(set[1].BaseAddress, "test/mcp"), TestHttp.Json(Rpc.Call("7", "echo", new { text = "hi" })),
            ("Mcp-Session-Id", client.SessionId!), (ForwardingSignature.Header, header));

        Assert.Equal("hi", (await answer.JsonAsync()).Text());
        Assert.NotNull(answer.Header("RateLimit-Remaining"));
    }

    [Fact]
    public async Task Header_OfAnotherPathOrTimeOrKey_IsNotBelieved()
    {
        await using var set = await ReplicaSet.StartAsync(settings: _ => new()
        {
            ["Access:ApiKeys:0:Name"] = "ci", ["Access:ApiKeys:0:Sha256"] = Hash(ApiKey),
        });
        var forwarded = new ForwardedRequest(
            "gw-1", "gw-0", "POST", "/test/mcp", "http", "evil.example", IPAddress.Parse("10.9.9.9"));
        // A Host that is not allowed is seen only by whoever believes the header.
        Assert.Equal(403, await StatusAsync(Signer(ReplicaSet.Key).Sign(forwarded)));
        Assert.Equal(200, await StatusAsync(Signer(ReplicaSet.Key).Sign(forwarded with { Target = "/test/sse" })));
        Assert.Equal(200, await StatusAsync(Signer(ReplicaSet.Key).Sign(forwarded with { Method = "GET" })));
        Assert.Equal(200, await StatusAsync(Signer(Convert.ToBase64String(new byte[32])).Sign(forwarded)));
        Assert.Equal(200, await StatusAsync(Signer(ReplicaSet.Key, TimeSpan.FromMinutes(-1)).Sign(forwarded)));
        Assert.Equal(200, await StatusAsync(Signer(ReplicaSet.Key, TimeSpan.FromMinutes(1)).Sign(forwarded)));
        Assert.Equal(421, await StatusAsync(Signer(ReplicaSet.Key).Sign(forwarded with { To = "gw-1" })));

        async Task<int> StatusAsync(string header)
        {
            using var answer = await TestHttp.SendAsync(
                HttpMethod.Post, new Uri(set[0].BaseAddress, "test/mcp"), TestHttp.Json(Rpc.Initialize()),
                (ForwardingSignature.Header, header), ("X-API-Key", ApiKey));
            return answer.Status;
        }
    }

    [Fact]
    public async Task Caller_IsAuthenticatedAnewByTheOwner()
    {
        await using var set = await ReplicaSet.StartAsync(settings: index => new()
        {
            ["Access:ApiKeys:0:Name"] = "ci",
            ["Access:ApiKeys:0:Sha256"] = Hash(ApiKey + (index == 0 ? "x" : "")),
        });

        // The second replica lets the caller in and passes on; the first one does not know the key.
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(set[1].BaseAddress, "test/mcp"), TestHttp.Json(Rpc.Request("7", "ping")),
            ("Mcp-Session-Id", "gw-0.AAAAAAAAAAAAAAAAAAAAAA"), ("X-API-Key", ApiKey));

        Assert.Equal((401, -32001), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.NotNull(answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Message_ThroughAnotherReplica_IsChargedOnce()
    {
        var time = new StillTime();
        await using var set = await ReplicaSet.StartAsync(
            keys: new() { ["rateLimit"] = new JsonObject { ["permitsPerMinute"] = 10 } }, adjust: time.Add);
        await using var client = await StreamableClient.ConnectAsync(set[0], user: "alice"); // two messages
        var other = set.Through(1, client, "alice");

        using var third = await other.PostAsync(Rpc.Request("7", "ping"));
        using var fourth = await other.PostAsync(Rpc.Request("8", "ping"));

        Assert.Equal(("7", "6"), (third.Header("RateLimit-Remaining"), fourth.Header("RateLimit-Remaining")));
    }

    [Fact]
    public async Task Client_ThroughAnotherReplica_IsCountedByItsOwnAddress()
    {
        var time = new StillTime();
        await using var set = await ReplicaSet.StartAsync(
            keys: new() { ["rateLimit"] = new JsonObject { ["permitsPerMinute"] = 10 } }, adjust: time.Add);
        await using var client = await StreamableClient.ConnectAsync(set[0]); // two messages of 127.0.0.1
        using var elsewhere = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(set[1].BaseAddress, "test/mcp"))
        {
            Content = TestHttp.Json(Rpc.Request("7", "ping")), Headers = { { "Mcp-Session-Id", client.SessionId } },
        };

        using var answer = await elsewhere.SendAsync(request, TestHttp.Token);

        Assert.Equal("9", Assert.Single(answer.Headers.GetValues("RateLimit-Remaining")));
    }

    [Fact]
    public async Task Replicas_WithWrongTablesAndDifferentKeys_PassNothingRound()
    {
        // Each believes that gw-2 is the other.
        await using var first = await PairAsync(differentKeys: true);
        await using var second = await PairAsync(differentKeys: false);
        foreach (var pair in new[] { first, second })
        {
            await using var client = StreamableClient.Create(pair[0], user: "Bearer " + ApiKey);
            client.SessionId = "gw-2.AAAAAAAAAAAAAAAAAAAAAA";
            using var answer = await client.PostAsync(Rpc.Request("7", "ping"));
            Assert.Equal(421, answer.Status);
            client.SessionId = null;
        }
    }

    private static async Task<ReplicaSet> PairAsync(bool differentKeys)
    {
        int[]? ports = null;
        return await ReplicaSet.StartAsync(2, knownPorts: known => ports = known, settings: index => new()
        {
            ["Replicas:Keys:0"] = Convert.ToBase64String([.. Enumerable.Repeat((byte)(differentKeys ? index : 7), 32)]),
            ["Replicas:Peers:gw-2"] = $"http://127.0.0.1:{ports![1 - index]}",
            ["Access:ApiKeys:0:Name"] = "ci", ["Access:ApiKeys:0:Sha256"] = Hash(ApiKey),
        });
    }

    private static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static ForwardingSignature Signer(string key, TimeSpan skew = default) =>
        new(Options.Create(new ReplicasOptions { Keys = [key] }), new SkewedTime(skew));

    private sealed class SkewedTime(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}
