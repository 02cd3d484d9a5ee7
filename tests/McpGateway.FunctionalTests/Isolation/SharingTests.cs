using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Who runs on whose child.</summary>
public sealed class SharingTests
{
    [Theory]
    [InlineData("session", false, false)]
    [InlineData("user", true, false)]
    [InlineData("shared", true, true)]
    public async Task Sessions_InEachMode_ShareAChildOrDoNot(string isolation, bool ofOneUser, bool ofTwoUsers)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var alice = await SseClient.ConnectAsync(gateway, user: "alice");
        await using var again = await StreamableClient.ConnectAsync(gateway, user: "alice");
        await using var bob = await StreamableClient.ConnectAsync(gateway, user: "bob");
        await using var nobody = await SseClient.ConnectAsync(gateway);

        var pid = await alice.PidAsync();

        Assert.Equal(ofOneUser, pid == await again.PidAsync());
        Assert.Equal(ofTwoUsers, pid == await bob.PidAsync());
        Assert.Equal(ofTwoUsers, pid == await nobody.PidAsync());
    }

    [Theory]
    [InlineData("""{"sampling":{}}""", "{}", false)]
    [InlineData("""{"sampling":{}}""", """{"sampling":{},"roots":{}}""", false)]
    [InlineData("""{"roots":{"listChanged":true}}""", """{"roots":{"listChanged":false}}""", false)]
    [InlineData("""{"experimental":{"x":{"of":[1,2]}}}""", """{"experimental":{"x":{"of":[2,1]}}}""", false)]
    [InlineData("""{"sampling":{},"roots":{"a":{},"b":{}}}""", """{"roots":{"b":{},"a":{}},"sampling":{}}""", true)]
    [InlineData("""{"roots":{"listChanged":true}}""", """ { "roots" : { "listChanged" : true } } """, true)]
    [InlineData("""{"sampling":{}}""", """{"\u0073ampling":{}}""", true)]
    public async Task SessionsOfOneUser_ByTheirCapabilities_ShareAChildOrDoNot(string one, string two, bool shared)
    {
        await using var gateway = await OneChild.StartGatewayAsync("user");
        await using var first = await SseClient.ConnectAsync(gateway, capabilities: one, user: "alice");
        await using var second = await StreamableClient.ConnectAsync(gateway, capabilities: two, user: "alice");

        Assert.Equal(shared, await first.PidAsync() == await second.PidAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Sessions_OpenedAtOnce_StartOneChild(string isolation)
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync(isolation, children.Flags);

        var clients = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(number => gateway.ConnectAsync(number % 2 == 0 ? Wire.Sse : Wire.Streamable, user: "alice")));
        var pids = await Task.WhenAll(clients.Select(client => client.PidAsync()));

        Assert.Single(children.Started);
        Assert.All(pids, pid => Assert.Equal(children.Started[0], pid));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Child_WithoutSessions_StaysForTheNext(string isolation)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        var first = await StreamableClient.ConnectAsync(gateway, user: "alice");
        var pid = await first.PidAsync();
        Assert.Equal(204, await first.DeleteAsync());

        await using var next = await SseClient.ConnectAsync(gateway, user: "alice");

        Assert.Equal(pid, await next.PidAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Child_OfASessionThatLeaves_IsStillTheOthers(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (sse, streamable, stays) = (await child.JoinAsync(), await child.JoinStreamableAsync(), await child.JoinAsync());
        var pid = await stays.PidAsync();

        await sse.DisposeAsync();
        Assert.Equal(204, await streamable.DeleteAsync());
        streamable.SessionId = null;

        Assert.Equal(pid, await stays.PidAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Child_WithoutSessions_EndsAtTheIdleTimeout(string isolation)
    {
        using var children = new ChildProcesses();
        await using var gateway = await OneChild.StartGatewayAsync(
            isolation, children.Flags, new() { ["idleTimeout"] = "00:00:01" });
        var client = await SseClient.ConnectAsync(gateway, user: "alice");
        var pid = await client.PidAsync();
        await client.DisposeAsync();

        await children.GoneAsync();

        await using var later = await SseClient.ConnectAsync(gateway, user: "alice");
        Assert.NotEqual(pid, await later.PidAsync());
    }

    [Theory]
    [InlineData("session")]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Session_OfAnotherUser_DoesNotExist(string isolation)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var alice = await StreamableClient.ConnectAsync(gateway, user: "alice");
        var bob = StreamableClient.Create(gateway, user: "bob");
        (bob.SessionId, bob.Version) = (alice.SessionId, alice.Version);

        using var post = await bob.PostAsync(Rpc.Request("7", "ping"));
        using var get = await bob.SendAsync(HttpMethod.Get, null, "text/event-stream");
        using var delete = await bob.SendAsync(HttpMethod.Delete);

        Assert.Equal((404, 404, 404), (post.Status, get.Status, delete.Status));
        Assert.Equal("mine", (await alice.CallAsync("echo", new { text = "mine" })).Text());
    }
}
