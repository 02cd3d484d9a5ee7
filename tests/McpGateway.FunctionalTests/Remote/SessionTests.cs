using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>The session ids of remote servers, which clients see sealed.</summary>
public sealed class SessionTests
{
    private const string Key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private const string OtherKey = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";

    [Fact]
    public async Task Id_OfTheServer_IsSeenByNeitherSideTheOthers()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        await using var client = await RemoteGateway.ConnectAsync(gateway, "alice");
        await using var again = await RemoteGateway.ConnectAsync(gateway, "alice");
        await client.CallAsync("read");
        Assert.NotEqual("up-1", client.SessionId);
        Assert.NotEqual(client.SessionId, again.SessionId);
        Assert.DoesNotContain("up-1", client.SessionId!, StringComparison.Ordinal);
        Assert.Matches(@"\A[A-Za-z0-9_-]+\z", client.SessionId!);
        Assert.Equal("up-1", Assert.Single(upstream.Posted("tools/call")).Header("Mcp-Session-Id"));
        Assert.Null(upstream.Posted("initialize")[0].Header("Mcp-Session-Id"));
    }

    [Theory]
    [InlineData("bob", "far/mcp")]
    [InlineData(null, "far/mcp")]
    [InlineData("alice", "other/mcp")]
    public async Task Id_OfAnotherUserOrServer_DoesNotExist(string? user, string path)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        await using var client = await RemoteGateway.ConnectAsync(gateway, "alice");
        var before = upstream.Requests.Count;
        var thief = RemoteGateway.Client(gateway, user, path);
        thief.SessionId = client.SessionId;
        await AssertUnknownAsync(thief);
        Assert.Equal(before, upstream.Requests.Count);
    }

    [Theory]
    [InlineData("up-1")]
    [InlineData("!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Id_ThatWasNotSealed_DoesNotExist(string id)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = RemoteGateway.Client(gateway);
        client.SessionId = id;
        await AssertUnknownAsync(client);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Id_OfAChangedSeal_DoesNotExist()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = await RemoteGateway.ConnectAsync(gateway);
        client.SessionId = client.SessionId![..^5] + (client.SessionId[^5] == 'A' ? 'B' : 'A') + client.SessionId[^4..];
        await AssertUnknownAsync(client);
    }

    [Fact]
    public async Task Id_WithCommonKeys_IsGoodAtAnotherGateway()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var first = await RemoteGateway.StartAsync(upstream.Url, settings: new() { ["Replicas:Keys:0"] = Key });
        await using var second = await RemoteGateway.StartAsync(
            upstream.Url, settings: new() { ["Replicas:Keys:0"] = OtherKey, ["Replicas:Keys:1"] = Key });
        await using var third = await RemoteGateway.StartAsync(upstream.Url, settings: new() { ["Replicas:Keys:0"] = OtherKey });
        await using var client = await RemoteGateway.ConnectAsync(first, "alice");

        var there = RemoteGateway.Client(second, "alice");
        there.SessionId = client.SessionId;
        Assert.Equal("called read", (await there.CallAsync("read")).Text());
        Assert.Equal("up-1", Assert.Single(upstream.Posted("tools/call")).Header("Mcp-Session-Id"));
        var elsewhere = RemoteGateway.Client(third, "alice");
        elsewhere.SessionId = client.SessionId;
        await AssertUnknownAsync(elsewhere);
    }

    [Theory]
    [InlineData(404, "nothing here")]
    [InlineData(400, "Bad Request: No valid session ID provided")]
    [InlineData(400, "Bad Request: Server not initialized")]
    public async Task Session_ThatTheServerHasEnded_Is404WithTheRequestsId(int status, string message)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = await RemoteGateway.ConnectAsync(gateway);
        upstream.Answer = (context, _) => Upstream.JsonAsync(
            context, $$$"""{"jsonrpc":"2.0","error":{"code":-32000,"message":"{{{message}}}"},"id":null}""", status);
        await AssertUnknownAsync(client);
    }

    [Fact]
    public async Task Session_AtAUrlThatIsNoLongerConfigured_DoesNotExist()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = await RemoteGateway.ConnectAsync(gateway);
        await gateway.RewriteAsync(RemoteGateway.Json(upstream.Address + "/v2/mcp"));
        await AssertUnknownAsync(client);
    }

    [Fact]
    public async Task Server_WithoutSessions_IsServed()
    {
        await using var upstream = await Upstream.StartAsync((context, request) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Remove("Mcp-Session-Id");
                return Task.CompletedTask;
            });
            return Upstream.McpAsync(context, request);
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = await RemoteGateway.ConnectAsync(gateway);
        Assert.Null(client.SessionId);
        Assert.Equal("called read", (await client.CallAsync("read")).Text());
    }

    private static async Task AssertUnknownAsync(StreamableClient client)
    {
        using var post = await client.PostAsync(Rpc.Request("77", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((404, -32001, 77), (post.Status, error.Code(), error.Get("id").GetInt32()));
        using var get = await client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        Assert.Equal((404, -32001), (get.Status, (await get.JsonAsync()).Code()));
        Assert.Equal(404, await client.DeleteAsync());
    }
}
