using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Transports;

public sealed class PlainHttpTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("message")]
    [InlineData("test/message")]
    public async Task ToolsList_Posted_IsAnsweredInline(string path)
    {
        var client = new PlainClient(shared.Gateway, path);
        using var answer = await client.PostAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");

        var tools = (await answer.JsonAsync()).Get("result").Get("tools").EnumerateArray();

        Assert.Contains("echo", tools.Select(tool => tool.Get("name").GetString()));
    }

    [Fact]
    public async Task Call_Posted_IsAnsweredInline()
    {
        var client = new PlainClient(shared.Gateway);
        Assert.Equal("hello", (await client.CallAsync("echo", new { text = "hello" })).Text());
    }

    [Fact]
    public async Task Initialize_WithEmptyParams_IsAnsweredAgainAndAgain()
    {
        var client = new PlainClient(shared.Gateway);
        foreach (var id in (string[])["1", "1", "\"x\""])
        {
            var answer = await client.AskAsync(Rpc.Request(id, "initialize"), id);
            Assert.Equal("mcpgateway-test-server", answer.Get("result").Get("serverInfo").Get("name").GetString());
        }

        Assert.Single(await client.ReceivedAsync(), name => name == "initialize");
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("\"\"")]
    [InlineData("-1")]
    [InlineData("9223372036854775808")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("""
        "\u00e9\n\"\\\ud83c\udf88\u0000"
        """)]
    public async Task Id_OfAnyForm_ComesBack(string id)
    {
        id = id.Trim();
        var client = new PlainClient(shared.Gateway);

        var answer = await client.AskAsync(Rpc.Request(id, "ping"), id);

        var (sent, received) = (JsonElement.Parse(id), answer.Get("id"));
        Assert.Equal(sent.ValueKind is JsonValueKind.String ? sent.GetString() : sent.GetRawText(),
            received.ValueKind is JsonValueKind.String ? received.GetString() : received.GetRawText());
    }

    [Fact]
    public async Task Batch_Posted_IsRefused()
    {
        using var answer = await new PlainClient(shared.Gateway).PostAsync($"[{Rpc.Request("1", "ping")}]");
        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Notification_Posted_IsAcceptedAndGoesNowhere()
    {
        var client = new PlainClient(shared.Gateway);
        using var accepted = await client.PostAsync(Rpc.Notification("notifications/smuggled"));

        Assert.Equal((202, ""), (accepted.Status, await accepted.BodyAsync()));
        Assert.DoesNotContain("notifications/smuggled", await client.ReceivedAsync());
    }

    [Theory]
    [InlineData("sampling/createMessage")]
    [InlineData("roots/list")]
    [InlineData("elicitation/create")]
    public async Task RequestOfTheChild_ToNoSession_IsAnsweredThatThereIsNone(string method)
    {
        var answer = await new PlainClient(shared.Gateway).CallAsync("request", new { method });
        Assert.Equal(-32601, answer.Structured().Code());
    }

    [Fact]
    public async Task Callers_WithTheSameIdAndToken_EachGetTheirOwnAnswerFromOneChild()
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartWithTestServerAsync(children.Flags);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => new PlainClient(gateway).AskAsync(
            Rpc.Call("1", "delay", new { ms = 200, text = $"caller {number}" }, "\"token\""), "1")));

        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"caller {number}"), answers.Select(answer => answer.Text()));
        Assert.Single(children.Started);
    }
}
