using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Rules;

/// <summary>
/// <c>tools</c> in gateway.json against a real server: what is forbidden is not listed, and however it is requested, it does
/// not reach the server.
/// </summary>
public sealed class ToolRulesTests
{
    private const string DenyPid = """{"deny":["pid","e*o"]}""";

    [Theory]
    [InlineData(Wire.Streamable, "session")]
    [InlineData(Wire.Sse, "session")]
    [InlineData(Wire.Plain, "session")]
    [InlineData(Wire.Streamable, "user")]
    [InlineData(Wire.Streamable, "shared")]
    public async Task ForbiddenTool_IsNeitherListedNorCalled(Wire wire, string isolation)
    {
        await using var gateway = await RuledGateway.StartAsync(DenyPid, isolation);
        await using var client = await gateway.ConnectAsync(wire, user: RuledGateway.Guest);
        var names = (await client.AskAsync(Rpc.Request("1", "tools/list"), "1")).Get("result").Get("tools")
            .EnumerateArray().Select(tool => tool.Get("name").GetString()).ToArray();
        Assert.Contains("received", names);
        Assert.DoesNotContain("pid", names);
        Assert.DoesNotContain("echo", names);

        Assert.Equal(-32602, (await client.AskAsync(Rpc.Call("2", "pid"), "2")).Code());
        Assert.Equal(-32602, (await client.AskAsync(Rpc.Call("3", "echo", new { text = "x" }), "3")).Code());
        Assert.DoesNotContain(
            await client.ReceivedAsync(), message => message.StartsWith("tools/call", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"name\":\"pi\\u0064\"")]
    [InlineData("\"n\\u0061me\":\"pid\"")]
    [InlineData("\"name\":\"PID\"")]
    [InlineData("\"name\":\"Received\"")] // not denied in any case, but not listed so either
    [InlineData("\"name\":\"re\\u0000ceived\"")]
    [InlineData("\"name\":\"pid\\u0000\"")]
    [InlineData("\"name\":\"pıd\"")]
    [InlineData("\"name\":\" pid\"")]
    [InlineData("\"name\":\"received\",\"name\":\"pid\"")]
    [InlineData("\"name\":\"received\",\"Name\":\"pid\"")]
    [InlineData("\"name\":\"received\",\"n\\u0061me\":\"pid\"")]
    [InlineData("\"name\":\"received\",\"name\\u0000\":\"pid\"")]
    [InlineData("\"name\":[\"pid\"]")]
    [InlineData("\"name\":null")]
    [InlineData("\"arguments\":{}")]
    [InlineData("\"name\":\"pid\",\"task\":{\"ttl\":60000}")]
    public async Task ForbiddenTool_Disguised_DoesNotReachTheServer(string parameters)
    {
        await using var gateway = await RuledGateway.StartAsync(DenyPid, "session", "--tasks");
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        using var answer = await client.PostAsync(Rpc.Request("1", "tools/call", $$"""{ {{parameters}} }"""));
        var message = await answer.JsonAsync();
        Assert.True(message.Code() is -32602 or -32600, message.GetRawText());
        Assert.DoesNotContain(
            await client.ReceivedAsync(), received => received.StartsWith("tools/call", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Tools/call")]
    [InlineData("tools/call\\u0000")]
    [InlineData("toolſ/call")]
    [InlineData("tools/list ")]
    public async Task Method_Disguised_IsRefused(string method)
    {
        await using var gateway = await RuledGateway.StartAsync(DenyPid);
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        using var answer = await client.PostAsync(Rpc.Request("1", method, """{"name":"pid"}"""));
        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        using var notified = await client.PostAsync(Rpc.Notification(method, """{"name":"pid"}"""));
        Assert.Equal(400, notified.Status);
        Assert.DoesNotContain(await client.ReceivedAsync(),
            received => received.Contains("ools/", StringComparison.Ordinal) && received != "tools/list");
    }

    [Fact]
    public async Task Call_WithoutAnId_IsRefused()
    {
        await using var gateway = await RuledGateway.StartAsync(DenyPid);
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        using var answer = await client.PostAsync(Rpc.Notification("tools/call", """{"name":"pid"}"""));
        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.DoesNotContain(
            await client.ReceivedAsync(), received => received.StartsWith("tools/call", StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_AsATask_IsRefused()
    {
        await using var gateway = await RuledGateway.StartAsync(DenyPid, "session", "--tasks");
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        using var answer = await client.PostAsync(Rpc.Request("1", "tools/list", """{"task":{}}"""));
        Assert.Equal((400, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Batch_IsCheckedMessageByMessage()
    {
        await using var gateway = await RuledGateway.StartAsync("""{"deny":["pid"],"scopes":{"cwd":["admin"]}}""");
        await using var client = await StreamableClient.ConnectAsync(gateway, version: "2025-03-26", user: RuledGateway.Guest);
        var batch = $"[{Rpc.Call("1", "args")},{Rpc.Call("2", "pid")},{Rpc.Call("3", "cwd")},"
            + $"{Rpc.Notification("tools/call", """{"name":"pid"}""")}]";
        using var answer = await client.PostAsync(batch);
        var answers = await answer.AllAsync();
        Assert.Equal(200, answer.Status);
        Assert.True(answers.Single(message => message.IsAnswerTo("1")).TryGetProperty("result", out _));
        Assert.Equal(-32602, answers.Single(message => message.IsAnswerTo("2")).Code());
        var scoped = answers.Single(message => message.IsAnswerTo("3"));
        Assert.Equal(-32001, scoped.Code());
        Assert.Equal("admin", scoped.Get("error").Get("data").Get("scopes")[0].GetString());
        var calls = (await client.ReceivedAsync()).Where(received => received.StartsWith("tools/call", StringComparison.Ordinal));
        Assert.Equal(["tools/call args"], calls);
    }

    [Fact]
    public async Task List_OverManyPages_KeepsItsCursorsAndLosesNothing()
    {
        await using var gateway = await RuledGateway.StartAsync(
            """{"allow":["pid","received"]}""", "session", "--page-size", "3");
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        var (names, pages, emptied) = (new List<string?>(), 0, 0);
        string? cursor = null;
        do
        {
            var id = client.NextId();
            var page = (await client.AskAsync(
                Rpc.Request(id, "tools/list", cursor is null ? "{}" : $$"""{"cursor":"{{cursor}}"}"""), id)).Get("result");
            var tools = page.Get("tools").EnumerateArray().Select(tool => tool.Get("name").GetString()).ToArray();
            names.AddRange(tools);
            pages++;
            emptied += tools.Length == 0 ? 1 : 0;
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(["pid", "received"], names.Order());
        Assert.True(pages > 5 && emptied > 3, $"{pages} pages, {emptied} empty");
        Assert.True((await client.CallAsync("pid")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Call_BeforeAnyList_FindsAToolOnALaterPage()
    {
        await using var gateway = await RuledGateway.StartAsync("""{"deny":["echo"]}""", "shared", "--page-size", "2");
        await using var client = new PlainClient(gateway, user: RuledGateway.Guest);
        Assert.True((await client.CallAsync("pid")).TryGetProperty("result", out _));
        Assert.Equal(-32602, (await client.CallAsync("nowhere")).Code());
        var received = await client.ReceivedAsync();
        Assert.DoesNotContain("tools/call nowhere", received);
    }

    [Fact]
    public async Task Scopes_Missing_AreNamedInAChallenge_AndTheToolStaysListed()
    {
        await using var gateway = await RuledGateway.StartAsync("""{"scopes":{"PI*":["admin","extra"],"cwd":["admin"]}}""");
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        using var refused = await client.PostAsync(Rpc.Call("1", "pid"));
        Assert.Equal(403, refused.Status);
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"admin extra\"", refused.Header("WWW-Authenticate"));
        var error = await refused.JsonAsync();
        Assert.Equal((-32001, 1), (error.Code(), error.Get("id").GetInt32()));
        Assert.Contains("admin extra", error.ErrorMessage(), StringComparison.Ordinal);
        Assert.Contains("\"pid\"", (await client.AskAsync(Rpc.Request("2", "tools/list"), "2")).GetRawText(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("tools/call pid", await client.ReceivedAsync());

        await using var admin = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Admin);
        Assert.True((await admin.CallAsync("cwd")).TryGetProperty("result", out _));
        using var more = await admin.PostAsync(Rpc.Call("3", "pid"));
        Assert.Equal(403, more.Status); // one of two is not enough
    }

    [Theory]
    [InlineData("test/message")]
    [InlineData("message")]
    public async Task Scopes_MissingWithoutASession_AreNamedInAChallenge(string path)
    {
        await using var gateway = await RuledGateway.StartAsync("""{"scopes":{"cwd":["admin"]}}""", "shared");
        await using var guest = new PlainClient(gateway, path, RuledGateway.Guest);
        using var refused = await guest.PostAsync(Rpc.Call("1", "cwd"));
        Assert.Equal((403, true),
            (refused.Status, refused.Header("WWW-Authenticate")!.Contains("scope=\"admin\"", StringComparison.Ordinal)));
        await using var admin = new PlainClient(gateway, path, RuledGateway.Admin);
        Assert.True((await admin.CallAsync("cwd")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Scopes_MissingOverSse_AreARefusalOfThePost()
    {
        await using var gateway = await RuledGateway.StartAsync("""{"scopes":{"cwd":["admin"]}}""");
        await using var client = await SseClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        using var refused = await client.PostAsync(Rpc.Call("1", "cwd"));
        Assert.Equal((403, true),
            (refused.Status, refused.Header("WWW-Authenticate")!.Contains("scope=\"admin\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reload_ChangesTheRules_ForTheNextMessageOfALivingSession()
    {
        await using var gateway = await RuledGateway.StartAsync("""{"allow":["*"]}""");
        await using var client = await StreamableClient.ConnectAsync(gateway, user: RuledGateway.Guest);
        var pid = await client.PidAsync();

        await gateway.RewriteAsync(RuledGateway.Json("""{"deny":["pid"],"scopes":{"cwd":["admin"]}}"""));
        Assert.Equal(-32602, (await client.CallAsync("pid")).Code());
        using (var refused = await client.PostAsync(Rpc.Call("1", "cwd")))
            Assert.Equal((403, true), (refused.Status, refused.Header("WWW-Authenticate") is not null));

        await gateway.RewriteAsync(TestGateway.TestServerJson().ToJsonString());
        Assert.Equal(pid, await client.PidAsync());
    }
}
