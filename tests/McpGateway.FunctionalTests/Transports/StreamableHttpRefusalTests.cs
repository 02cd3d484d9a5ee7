using System.Net.Http.Headers;
using System.Text;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Transports;

public sealed class StreamableHttpRefusalTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static readonly string[] Served = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    [Fact]
    public async Task Post_WithoutSessionId_IsRefused()
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        using var answer = await client.PostAsync(Rpc.Call("7", "echo", new { text = "x" }));

        var message = await answer.JsonAsync();
        Assert.Equal((400, -32000), (answer.Status, message.Code()));
        Assert.Equal(7, message.Get("id").GetInt32());
    }

    [Theory]
    [InlineData("0123456789012345678901")]
    [InlineData("!")]
    [InlineData("")]
    public async Task Post_WithUnknownSessionId_IsNotFound(string id)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        client.SessionId = id;

        using var answer = await client.PostAsync(Rpc.Call("7", "echo", new { text = "x" }));
        client.SessionId = null;

        var message = await answer.JsonAsync();
        Assert.Equal((404, -32001), (answer.Status, message.Code()));
        Assert.Equal(7, message.Get("id").GetInt32());
    }

    [Fact]
    public async Task SessionOfAnotherTransport_OnMcp_IsNotFound()
    {
        await using var sse = await SseClient.ConnectAsync(shared.Gateway);
        await using var client = StreamableClient.Create(shared.Gateway);
        client.SessionId = sse.Endpoint.Split('=')[1];

        using var answer = await client.PostAsync(Rpc.Call("7", "echo", new { text = "x" }));
        var deleted = await client.DeleteAsync();
        client.SessionId = null;

        Assert.Equal((404, 404), (answer.Status, deleted));
        Assert.Equal("here", (await sse.CallAsync("echo", new { text = "here" })).Text());
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task OtherMethods_OnMcp_AreNotAllowed(string method)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        using var answer = await client.SendAsync(new HttpMethod(method));

        Assert.Equal((405, "GET, POST, DELETE"), (answer.Status, answer.Allow));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    [InlineData("application/json, text/event-stream;q=0")]
    [InlineData("text/html")]
    public async Task Post_AcceptingOnlyOneType_IsNotAcceptable(string accept)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        client.Accept = accept;
        using var answer = await client.PostAsync(Rpc.Initialize());

        Assert.Equal((406, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData(null)]
    [InlineData("text/event-stream, application/json")]
    [InlineData("application/*, text/*;q=0.5")]
    public async Task Post_AcceptingBothTypes_IsTaken(string? accept)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        client.Accept = accept;

        using var answer = await client.PostAsync(Rpc.Initialize());
        client.SessionId = answer.Header("Mcp-Session-Id");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Post_OfAnotherContentType_IsUnsupported(string? type)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Rpc.Initialize()));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        using var answer = await client.PostAsync(content);

        Assert.Equal((415, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Theory]
    [InlineData("2026-07-28", true)]
    [InlineData("2026-07-28", false)]
    [InlineData("garbage", true)]
    [InlineData("garbage", false)]
    [InlineData("2025-11-24", false)]
    public async Task Post_InAnUnservedVersion_IsToldTheServedOnes(string version, bool inASession)
    {
        await using var client = inASession
            ? await StreamableClient.ConnectAsync(shared.Gateway)
            : StreamableClient.Create(shared.Gateway);
        client.Version = version;

        using var answer = await client.PostAsync(Rpc.Request("7", "tools/list"));
        client.Version = null;

        var message = await answer.JsonAsync();
        Assert.Equal((400, -32022, 7), (answer.Status, message.Code(), message.Get("id").GetInt32()));
        Assert.Equal(Served, message.Get("error").Get("data").Get("supported").EnumerateArray().Select(item => item.GetString()));
    }

    [Fact]
    public async Task Post_InAnUnservedVersionWithUnknownSession_IsToldTheVersionFirst()
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        (client.Version, client.SessionId) = ("2026-07-28", "unknown");

        using var answer = await client.PostAsync(Rpc.Request("7", "tools/list"));
        client.SessionId = null;

        Assert.Equal((400, -32022), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    /// <summary>-32022 would keep some clients from falling back to initialize, and so would a text that names the header.</summary>
    [Theory]
    [InlineData("2026-07-28", null)]
    [InlineData(null, null)]
    [InlineData("2026-07-28", "unknown")]
    public async Task Discover_IsRefusedInAWayThatLetsClientsFallBack(string? version, string? session)
    {
        await using var client = StreamableClient.Create(shared.Gateway);
        (client.Version, client.SessionId) = (version, session);

        using var answer = await client.PostAsync(Rpc.Request("7", "server/discover"));
        (client.Version, client.SessionId) = (null, null);

        var message = await answer.JsonAsync();
        Assert.Equal((400, -32000, 7), (answer.Status, message.Code(), message.Get("id").GetInt32()));
        Assert.DoesNotContain("Mcp-Session-Id", message.ErrorMessage(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("not json")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping",}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"} // comment""")]
    public async Task Body_ThatIsNotJson_IsAParseError(string body)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);
        using var answer = await client.PostAsync(body);

        var message = await answer.JsonAsync();
        Assert.Equal((400, -32700), (answer.Status, message.Code()));
        Assert.Equal("null", message.Get("id").GetRawText());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("42")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("""{"id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}""")]
    public async Task Body_ThatIsNoMessage_IsAnInvalidRequest(string body)
    {
        await using var client = await StreamableClient.ConnectAsync(shared.Gateway);
        using var answer = await client.PostAsync(body);

        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Equal(["initialize", "notifications/initialized"], await client.ReceivedAsync());
    }
}
