using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>What clients are told when a remote server fails.</summary>
public sealed class FailureTests
{
    private const string Page = "<html>secret page</html>";

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(308)]
    [InlineData(200)]
    public async Task Request_AnsweredWithAPage_IsAnErrorWithItsId(int status)
    {
        await using var upstream = await Upstream.StartAsync((context, _) => PageAsync(context, status));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Initialize("\"a\""));
        var error = await answer.JsonAsync();
        Assert.Equal((200, -32603, "a"), (answer.Status, error.Code(), error.Get("id").GetString()));
        Assert.Equal("far", error.Get("error").Get("data").Get("server").GetString());
        if (status != 200)
            Assert.Equal(status, error.Get("error").Get("data").Get("status").GetInt32());
        await AssertNothingLeaksAsync(answer);
        Assert.Single(upstream.Requests); // a redirect is not followed
    }

    [Theory]
    [InlineData("POST", 401)]
    [InlineData("POST", 302)]
    [InlineData("POST", 500)]
    [InlineData("GET", 401)]
    [InlineData("GET", 302)]
    [InlineData("GET", 200)]
    [InlineData("DELETE", 401)]
    public async Task Notification_Or_Stream_AnsweredWithAPage_Is502(string method, int status)
    {
        await using var upstream = await Upstream.StartAsync((context, _) => PageAsync(context, status));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        var client = RemoteGateway.Client(gateway);
        using var answer = method == "POST"
            ? await client.PostAsync(Rpc.Notification("notifications/initialized"))
            : await client.SendAsync(new HttpMethod(method), null, "text/event-stream");
        Assert.Equal((502, -32603), (answer.Status, (await answer.JsonAsync()).Code()));
        await AssertNothingLeaksAsync(answer);
    }

    [Fact]
    public async Task Request_ToNobody_IsAnErrorWithItsId()
    {
        await using var gateway = await RemoteGateway.StartAsync($"http://127.0.0.1:{FreePort.Find()}/mcp");
        var client = RemoteGateway.Client(gateway);
        using var post = await client.PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((200, -32603, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
        Assert.Contains("cannot be reached", error.ErrorMessage(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", error.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("nosniff", post.Header("X-Content-Type-Options"));
        using var get = await client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        Assert.Equal((502, -32603), (get.Status, (await get.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Request_NotAnsweredInTime_IsAnErrorWithItsId()
    {
        await using var upstream = await Upstream.StartAsync((context, _) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, new() { ["requestTimeout"] = "00:00:01" });
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((200, -32603, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
        Assert.Contains("requestTimeout", error.ErrorMessage(), StringComparison.Ordinal);
        using var notification = await RemoteGateway.Client(gateway).PostAsync(Rpc.Notification("notifications/initialized"));
        Assert.Equal((504, -32603), (notification.Status, (await notification.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Request_OfABrokenConnection_IsAnErrorWithItsId()
    {
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((200, -32603, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":5,"result":{},"result":{}}""")] // two results
    [InlineData("""{"jsonrpc":"2.0","id":6,"result":{}}""")] // somebody else's
    [InlineData("""{"jsonrpc":"2.0","id":5,""")]
    [InlineData("[]")]
    public async Task Answer_ThatIsNone_IsAnErrorWithTheRequestsId(string body)
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.JsonAsync(context, body));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((200, -32603, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
    }

    [Fact]
    public async Task Answer_OverTheLimit_IsAnErrorWithTheRequestsId()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.JsonAsync(
            context, Rpc.Result("5", $$"""{"text":"{{new string('x', 100_000)}}"}""")));
        await using var gateway = await RemoteGateway.StartAsync(
            upstream.Url, settings: new() { ["Limits:MessageBytes"] = "50000" });
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((200, -32603, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
        Assert.Contains("MessageBytes", error.ErrorMessage(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"no session"},"id":null}""")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"no session"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":5,"error":{"code":-32000,"message":"no session"}}""")]
    public async Task Error_OfTheServersOwn_PassesWithItsStatus(string body)
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.JsonAsync(context, body, 400));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((400, -32000, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
        Assert.Equal("no session", error.ErrorMessage());
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":6,"error":{"code":-32000,"message":"secret"}}""")]
    [InlineData("""{"error":"secret"}""")]
    [InlineData("""{"error":{"code":1,""")]
    public async Task Refusal_ThatIsNoError_IsAnErrorWithTheRequestsId(string body)
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.JsonAsync(context, body, 400));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((200, -32603, 5), (post.Status, error.Code(), error.Get("id").GetInt32()));
        Assert.DoesNotContain("secret", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_OfTheServer_Is429WithItsTime()
    {
        await using var upstream = await Upstream.StartAsync((context, _) =>
        {
            context.Response.Headers.RetryAfter = "17";
            return Upstream.StatusAsync(context, 429);
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        var error = await post.JsonAsync();
        Assert.Equal((429, "17", -32003, 5), (post.Status, post.Header("Retry-After"), error.Code(), error.Get("id").GetInt32()));
    }

    [Fact]
    public async Task Headers_OfAnAnswer_StayThere()
    {
        await using var upstream = await Upstream.StartAsync((context, request) =>
        {
            Decorate(context);
            return Upstream.McpAsync(context, request);
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var post = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("5", "tools/list"));
        Assert.Equal(200, post.Status);
        await AssertNothingLeaksAsync(post);
    }

    private static void Decorate(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer resource_metadata=\"https://secret.test\"";
        context.Response.Headers.Location = "http://127.0.0.1:1/secret";
        context.Response.Headers.SetCookie = "a=secret";
        context.Response.Headers.Server = "secret/1.0";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers["X-Secret"] = "secret";
    }

    private static Task PageAsync(HttpContext context, int status)
    {
        Decorate(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(Page);
    }

    private static async Task AssertNothingLeaksAsync(Answer answer)
    {
        Assert.Equal("application/json", answer.ContentType);
        Assert.DoesNotContain("secret", await answer.BodyAsync(), StringComparison.Ordinal);
        foreach (var name in new[] { "WWW-Authenticate", "Location",
            "Set-Cookie", "Server", "Access-Control-Allow-Origin", "X-Secret" })
            Assert.Null(answer.Header(name));
    }
}
