using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Rules;

/// <summary>The rules on prompts, resources and completions.</summary>
public sealed class OtherItemRulesTests
{
    private const string Rules =
        """{"allow":["*"],"deny":["hello","test://fixed","test://hidden/*"],"scopes":{"test://counter":["admin"]}}""";

    [Theory]
    [InlineData("prompts/get", """{"name":"hello"}""")]
    [InlineData("prompts/get", """{"name":"HELLO"}""")]
    [InlineData("prompts/get", """{"name":"h\u0065llo"}""")]
    [InlineData("prompts/get", """{"name":"other"}""")]
    [InlineData("resources/read", """{"uri":"test://fixed"}""")]
    [InlineData("resources/read", """{"uri":"test://FIXED"}""")]
    [InlineData("resources/read", """{"uri":"test://%66ixed"}""")]
    [InlineData("resources/read", """{"uri":"test://fixed\u0000"}""")]
    [InlineData("resources/read", """{"uri":"test://unlisted"}""")]
    [InlineData("resources/read", """{"URI":"test://fixed"}""")]
    [InlineData("resources/subscribe", """{"uri":"test://fixed"}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","name":"hello"},"argument":{"name":"name","value":"a"}}""")]
    [InlineData("completion/complete",
        """{"ref":{"type":"ref/resource","uri":"test://fixed"},"argument":{"name":"name","value":"a"}}""")]
    [InlineData("completion/complete",
        """{"ref":{"type":"ref/prompt","name":"x","Name":"hello"},"argument":{"name":"name","value":"a"}}""")]
    [InlineData("completion/complete",
        """{"ref":{"type":"ref/prompt","name":"unlisted"},"argument":{"name":"name","value":"a"}}""")]
    [InlineData("completion/complete", """{"argument":{"name":"name","value":"a"}}""")]
    public async Task Forbidden_DoesNotReachTheServer(string method, string parameters)
    {
        await using var gateway = await RuledGateway.StartAsync(Rules);
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Admin);
        using var answer = await client.PostAsync(Rpc.Request("1", method, parameters));
        Assert.True((await answer.JsonAsync()).Code() is -32602 or -32600);
        Assert.DoesNotContain(await client.ReceivedAsync(), received => received.StartsWith(method, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forbidden_IsNotListed()
    {
        await using var gateway = await RuledGateway.StartAsync(Rules);
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Admin);
        var prompts = (await client.AskAsync(Rpc.Request("1", "prompts/list"), "1")).Get("result").Get("prompts");
        Assert.Equal(0, prompts.GetArrayLength());
        var resources = (await client.AskAsync(Rpc.Request("2", "resources/list"), "2")).Get("result").Get("resources");
        Assert.Equal("test://counter", Assert.Single(resources.EnumerateArray()).Get("uri").GetString());
    }

    [Fact]
    public async Task Allowed_Passes()
    {
        await using var gateway = await RuledGateway.StartAsync("""{"deny":["other"],"scopes":{"test://counter":["admin"]}}""");
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Admin);
        var prompt = await client.AskAsync(
            Rpc.Request("1", "prompts/get", """{"name":"hello","arguments":{"name":"you"}}"""), "1");
        Assert.True(prompt.TryGetProperty("result", out _));
        var read = await client.AskAsync(Rpc.Request("2", "resources/read", """{"uri":"test://counter"}"""), "2");
        Assert.True(read.TryGetProperty("result", out _));
        var completed = await client.AskAsync(Rpc.Request("3", "completion/complete",
            """{"ref":{"type":"ref/prompt","name":"hello"},"argument":{"name":"name","value":"a"}}"""), "3");
        Assert.Equal(-32601, completed.Code()); // the server's own answer: it has none
    }

    [Fact]
    public async Task Scopes_OfAResource_AreAskedFor()
    {
        await using var gateway = await RuledGateway.StartAsync(Rules);
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        foreach (var method in new[] { "resources/read", "resources/subscribe" })
        {
            using var refused = await client.PostAsync(Rpc.Request("1", method, """{"uri":"test://counter"}"""));
            Assert.Equal((403, true),
                (refused.Status, refused.Header("WWW-Authenticate")!.Contains("\"admin\"", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("session")]
    [InlineData("user")]
    public async Task Update_OfAResourceForbiddenSince_IsNotTold(string isolation)
    {
        await using var gateway = await RuledGateway.StartAsync("""{"allow":["*"]}""", isolation);
        await using var client = await SseClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        await client.AskAsync(Rpc.Request("1", "resources/subscribe", """{"uri":"test://counter"}"""), "1");
        await client.CallAsync("touch");
        await client.Inbox.TakeAsync(message => message.Method() == "notifications/resources/updated");

        await gateway.RewriteAsync(RuledGateway.Json("""{"deny":["test://*"]}""", isolation));
        await client.CallAsync("touch");
        await client.CallAsync("args");
        Assert.DoesNotContain(client.Inbox.Rest, message => message.Method() == "notifications/resources/updated");
    }
}
