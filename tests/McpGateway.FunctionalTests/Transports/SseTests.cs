using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Transports;

public sealed class SseTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("test/sse", "/test/message?sessionId=")]
    [InlineData("sse", "/message?sessionId=")]
    public async Task Stream_Opened_NamesItsEndpointAsAPath(string path, string endpoint)
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway, path);

        Assert.StartsWith(endpoint, client.Endpoint, StringComparison.Ordinal);
        Assert.Equal("hello", (await client.CallAsync("echo", new { text = "hello" })).Text());
    }

    [Fact]
    public async Task Progress_OfACall_ComesOnTheStreamBeforeTheAnswer()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);

        await client.AskAsync(Rpc.Call("7", "progress", new { steps = 2 }, "9"), "7");

        Assert.Equal([1, 2], client.Inbox.Rest.Select(message => message.Get("params").Get("progress").GetInt32()));
        Assert.All(client.Inbox.Rest, message => Assert.Equal(9, message.Get("params").Get("progressToken").GetInt32()));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task OtherMethods_OnSse_AreNotAllowedAndHaveNoBody(string method)
    {
        var uri = new Uri(shared.Gateway.BaseAddress, "test/sse");
        using var answer = await TestHttp.SendAsync(new HttpMethod(method), uri, TestHttp.Json(Rpc.Initialize()));

        Assert.Equal((405, "GET", ""), (answer.Status, answer.Allow, await answer.BodyAsync()));
        Assert.Null(answer.ContentType);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task OtherMethods_OnMessage_AreNotAllowed(string method)
    {
        using var answer = await TestHttp.SendAsync(new HttpMethod(method), new Uri(shared.Gateway.BaseAddress, "test/message"));
        Assert.Equal((405, "POST"), (answer.Status, answer.Allow));
    }

    [Theory]
    [InlineData("0123456789012345678901")]
    [InlineData("%0A")]
    [InlineData("")]
    public async Task Post_ToAnUnknownSession_IsNotFound(string id)
    {
        var uri = new Uri(shared.Gateway.BaseAddress, "test/message?sessionId=" + id);
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, uri, TestHttp.Json(Rpc.Call("7", "echo", new { text = "x" })));

        var message = await answer.JsonAsync();
        Assert.Equal((404, -32001, 7), (answer.Status, message.Code(), message.Get("id").GetInt32()));
    }

    [Fact]
    public async Task Post_WithTwoSessionIds_IsRefused()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);
        var uri = new Uri(shared.Gateway.BaseAddress, client.Endpoint + "&sessionId=x");
        using var answer = await TestHttp.SendAsync(HttpMethod.Post, uri, TestHttp.Json(Rpc.Request("7", "ping")));

        Assert.Equal((400, -32000), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Fact]
    public async Task FirstMessage_OtherThanInitialize_WorksAllTheSame()
    {
        await using var client = await SseClient.OpenAsync(shared.Gateway);

        Assert.Equal("again", (await client.CallAsync("echo", new { text = "again" })).Text());
        await client.SendAsync(Rpc.Notification("notifications/initialized"));

        Assert.Equal(["initialize", "notifications/initialized", "tools/call echo"], await client.ReceivedAsync());
    }

    [Fact]
    public async Task FirstMessage_Initialized_IsNotDoubled()
    {
        await using var client = await SseClient.OpenAsync(shared.Gateway);

        await client.SendAsync(Rpc.Notification("notifications/initialized"));

        Assert.Equal(["initialize", "notifications/initialized"], await client.ReceivedAsync());
    }

    [Fact]
    public async Task FirstMessage_Ping_DoesNotStandInForInitialize()
    {
        await using var client = await SseClient.OpenAsync(shared.Gateway);

        await client.AskAsync(Rpc.Request("1", "ping"), "1");
        await client.AskAsync(Rpc.Initialize("2"), "2");

        // The ping was before there was a child; what the client owes comes before its first call.
        Assert.Equal(["initialize", "notifications/initialized"], await client.ReceivedAsync());
    }

    [Fact]
    public async Task Stream_Closed_EndsTheSessionAndItsChild()
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartWithTestServerAsync(children.Flags);
        var client = await SseClient.ConnectAsync(gateway);
        Assert.True(children.IsAlive(await client.PidAsync()));

        await client.DisposeAsync();

        await children.GoneAsync();
        using var late = await client.PostAsync(Rpc.Call("7", "echo", new { text = "x" }));
        Assert.Equal((404, -32001), (late.Status, (await late.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Batch_OverSse_IsRefused()
    {
        await using var client = await SseClient.ConnectAsync(shared.Gateway);
        using var answer = await client.PostAsync($"[{Rpc.Request("1", "ping")}]");

        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }
}
