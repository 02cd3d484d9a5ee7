using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>A remote server with several addresses.</summary>
public sealed class AddressTests
{
    private static readonly Dictionary<string,
    string?> InTurn = new() { ["ReverseProxy:Clusters:far:LoadBalancingPolicy"] = "RoundRobin" };

    [Fact]
    public async Task Sessions_AreSpread_AndStayWhereTheyBegan()
    {
        await using var first = await Upstream.StartAsync();
        await using var second = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync([first.Url, second.Url], settings: InTurn);
        for (var i = 0; i < 6; i++)
        {
            var before = first.Posted("initialize").Length;
            await using var client = await RemoteGateway.ConnectAsync(gateway);
            var home = first.Posted("initialize").Length > before ? first : second;
            var calls = home.Posted("tools/call").Length;
            for (var call = 0; call < 3; call++)
                await client.CallAsync("read");
            Assert.Equal(calls + 3, home.Posted("tools/call").Length);
        }

        Assert.Equal(6, first.Posted("initialize").Length + second.Posted("initialize").Length);
        Assert.True(first.Posted("initialize").Length >= 2 && second.Posted("initialize").Length >= 2);
    }

    [Fact]
    public async Task Legacy_Sessions_StayWhereTheyBegan()
    {
        await using var first = await Upstream.StartAsync(new LegacyUpstream().AnswerAsync);
        await using var second = await Upstream.StartAsync(new LegacyUpstream().AnswerAsync);
        await using var gateway = await RemoteGateway.StartAsync(
            [first.Address + "/sse", second.Address + "/sse"], settings: InTurn);
        await using var one = await SseClient.ConnectAsync(gateway, "far/sse");
        await using var other = await SseClient.ConnectAsync(gateway, "far/sse");
        foreach (var client in new[] { one, other, one, other })
            Assert.Equal("called read", (await client.CallAsync("read")).Text());
        Assert.Equal((2, 2), (first.Posted("tools/call").Length, second.Posted("tools/call").Length));
    }

    [Fact]
    public async Task Address_ThatRefusesConnections_IsPassedOver()
    {
        await using var alive = await Upstream.StartAsync();
        var nobody = $"http://127.0.0.1:{FreePort.Find()}/mcp";
        await using var gateway = await RemoteGateway.StartAsync([nobody, alive.Url], settings: InTurn);
        for (var i = 0; i < 4; i++)
        {
            await using var client = await RemoteGateway.ConnectAsync(gateway);
            Assert.Equal("called read", (await client.CallAsync("read")).Text());
        }
    }

    [Fact]
    public async Task Session_WhoseAddressIsGone_DoesNotExist_AndANewOneBeginsElsewhere()
    {
        var first = await Upstream.StartAsync();
        var second = await Upstream.StartAsync();
        await using var gateway = await RemoteGateway.StartAsync([first.Url, second.Url]);
        var client = await RemoteGateway.ConnectAsync(gateway);
        var (home, other) = first.Requests.IsEmpty ? (second, first) : (first, second);
        await home.DisposeAsync();
        await using (other)
        {
            using (var post = await client.PostAsync(Rpc.Request("7", "tools/list")))
            {
                var error = await post.JsonAsync();
                Assert.Equal((404, -32001, 7), (post.Status, error.Code(), error.Get("id").GetInt32()));
            }

            await using var again = await RemoteGateway.ConnectAsync(gateway);
            Assert.Equal("called read", (await again.CallAsync("read")).Text());
        }
    }

    [Fact]
    public async Task Address_ThatFailsItsHealthCheck_GetsNoNewSessions()
    {
        await using var sick = await Upstream.StartAsync((context, request) =>
            request.Path == "/up" ? Upstream.StatusAsync(context, 500) : Upstream.McpAsync(context, request));
        await using var well = await Upstream.StartAsync((context, request) =>
            request.Path == "/up" ? Task.CompletedTask : Upstream.McpAsync(context, request));
        var settings = new Dictionary<string, string?>(InTurn)
        {
            ["ReverseProxy:Clusters:far:HealthCheck:Active:Enabled"] = "true",
            ["ReverseProxy:Clusters:far:HealthCheck:Active:Path"] = "/up",
            ["ReverseProxy:Clusters:far:HealthCheck:Active:Interval"] = "00:00:01",
        };
        await using var gateway = await RemoteGateway.StartAsync([sick.Url, well.Url], settings: settings);
        await Eventually.TrueAsync(
            () => sick.Requests.Count(request => request.Path == "/up") >= 3, "it has failed often enough");
        for (var i = 0; i < 4; i++)
            await using (await RemoteGateway.ConnectAsync(gateway))
                Assert.Empty(sick.Posted("initialize"));
        Assert.Equal(4, well.Posted("initialize").Length);
    }
}
