using System.Net;
using System.Net.Sockets;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Replicas;
using McpGateway.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>Replicas that are not there.</summary>
public sealed class ReplicaFailureTests
{
    [Fact]
    public async Task Session_OfAReplicaThatIsNotThere_Is404()
    {
        await using var set = await ReplicaSet.StartAsync(1, known: 2);
        await using var client = StreamableClient.Create(set[0]);
        client.SessionId = "gw-1.AAAAAAAAAAAAAAAAAAAAAA";

        using var post = await client.PostAsync(Rpc.Request("7", "ping"));
        using var get = await client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        using var message = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(set[0].BaseAddress, $"test/message?sessionId={client.SessionId}"),
                TestHttp.Json(Rpc.Request("7", "ping")));

        Assert.Equal((404, -32001, 7),
            (post.Status, (await post.JsonAsync()).Code(), (await post.JsonAsync()).Get("id").GetInt32()));
        Assert.Equal((404, -32001), (get.Status, (await get.JsonAsync()).Code()));
        Assert.Equal((404, -32001), (message.Status, (await message.JsonAsync()).Code()));
        client.SessionId = null;
    }

    [Fact]
    public async Task Session_OfAReplicaThatDoesNotAnswer_Is503()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Other systems refuse when a listener's queue is full.");
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        using var taken = await FillAsync(port);
        await using var set = await ReplicaSet.StartAsync(
            1, settings: _ => new() { ["Replicas:Peers:gw-1"] = $"http://127.0.0.1:{port}" });
        await using var client = StreamableClient.Create(set[0]);
        client.SessionId = "gw-1.AAAAAAAAAAAAAAAAAAAAAA";

        using var answer = await client.PostAsync(Rpc.Request("7", "ping"));

        Assert.Equal((503, -32003, "5"), (answer.Status, (await answer.JsonAsync()).Code(), answer.Header("Retry-After")));
        client.SessionId = null;
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Opening_WhoseReplicaIsNotThere_GoesToTheNext(Wire wire)
    {
        await using var set = await ReplicaSet.StartAsync(1, new() { ["isolation"] = "user" }, known: 3);
        foreach (var user in Enumerable.Range(0, 8).Select(i => $"user-{i}"))
        {
            await using var client = await set[0].ConnectAsync(wire, user: user);
            Assert.Equal("hi", (await client.CallAsync("echo", new { text = "hi" })).Text());
        }
    }

    [Fact]
    public async Task Replica_ThatIsBack_HasItsSessionsAgain()
    {
        await using var set = await ReplicaSet.StartAsync(1, known: 2);
        var peers = set[0].Services.GetRequiredService<PeerStates>();
        peers.MarkLeft("gw-1");

        await set.StartNextAsync();

        // Else a request that fails for another reason would be answered as one whose session is gone.
        Assert.False(peers.HasLeft("gw-1") || peers.IsAway("gw-1"));
    }

    // One may wait where none is wanted; the others are not answered at all.
    private static async Task<Connections> FillAsync(int port)
    {
        var connections = new Connections();
        for (var i = 0; i < 3; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            connections.Add(socket);
            using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested)
            {
                break;
            }
        }

        return connections;
    }

    private sealed class Connections : List<Socket>, IDisposable
    {
        public void Dispose() => ForEach(socket => socket.Dispose());
    }
}
