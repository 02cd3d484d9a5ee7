using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>The one handshake with the child, and those of the clients.</summary>
public sealed class HandshakeTests
{
    [Theory]
    [InlineData("user", "2025-11-25")]
    [InlineData("user", "2025-06-18")]
    [InlineData("shared", "2025-11-25")]
    [InlineData("shared", "2025-06-18")]
    public async Task Revision_OfASession_IsTheLowerOfTheClientsAndTheChilds(string isolation, string childs)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation, ["--revision", childs]);
        string[] requested = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2099-12-31", "1.0"];

        foreach (var revision in requested)
        {
            var known = revision.StartsWith("202", StringComparison.Ordinal);
            var expected = known && string.CompareOrdinal(revision, childs) < 0 ? revision : childs;
            var result = await InitializeAsync(gateway, revision);
            Assert.Equal((revision, expected), (revision, result.Get("protocolVersion").GetString()));
        }
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Child_OfSeveralSessions_IsInitializedOnce(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation, capabilities: """{"roots":{"listChanged":true}}""");
        var (sse, streamable) = (await child.JoinAsync(), await child.JoinStreamableAsync());

        await sse.SendAsync(Rpc.Notification("notifications/roots/list_changed"));
        using var accepted = await streamable.PostAsync(Rpc.Notification("notifications/roots/list_changed"));

        Assert.Equal(202, accepted.Status);
        Assert.Equal(["initialize", "notifications/initialized"], await sse.ReceivedAsync());
    }

    [Theory]
    [InlineData("user", """{"sampling":{},"roots":{"listChanged":true}}""")]
    [InlineData("shared", "{}")]
    public async Task Capabilities_DeclaredToTheChild_AreTheFirstSessionsOrNone(string isolation, string declared)
    {
        await using var child = await OneChild.StartAsync(
            isolation, capabilities: """{"sampling":{},"roots":{"listChanged":true}}""");
        var (first, second) = (await child.JoinAsync(), await child.JoinStreamableAsync());

        foreach (var client in (IRawClient[])[first, second])
        {
            var seen = (await client.CallAsync("client")).Structured().Get("capabilities");
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(declared), seen), seen.GetRawText());
        }
    }

    [Theory]
    [InlineData("user", true)]
    [InlineData("shared", false)]
    public async Task InitializeResult_OfEachSession_IsTheChildsOwn(string isolation, bool withTasks)
    {
        await using var direct = await OneChild.StartGatewayAsync("session", ["--tasks"]);
        await using var gateway = await OneChild.StartGatewayAsync(isolation, ["--tasks"]);
        var own = await InitializeAsync(direct);

        for (var session = 0; session < 2; session++)
        {
            var result = await InitializeAsync(gateway);
            Assert.Equal(Members(own), Members(result));
            Assert.Equal(withTasks, result.Get("capabilities").TryGetProperty("tasks", out _));
            foreach (var (name, value) in own.Get("capabilities").EnumerateObject().Select(member => (member.Name, member.Value)))
                Assert.True(name == "tasks" || JsonElement.DeepEquals(value, result.Get("capabilities").Get(name)), name);
            Assert.True(JsonElement.DeepEquals(own.Get("serverInfo"), result.Get("serverInfo")));
        }
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task FirstMessage_OtherThanInitialize_WorksAllTheSame(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var first = await child.JoinAsync();
        await using var returned = await SseClient.OpenAsync(child.Gateway, user: "alice");

        Assert.Equal(await first.PidAsync(), await returned.PidAsync());
        await returned.SendAsync(Rpc.Notification("notifications/initialized"));

        string[] received = ["initialize", "notifications/initialized", "tools/call pid", "tools/call pid"];
        Assert.Equal(received, await first.ReceivedAsync());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Initialize_GivenTwice_IsRefused(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var client = await child.JoinStreamableAsync();

        using var again = await client.PostAsync(Rpc.Initialize("7"));

        Assert.Equal((400, -32600), (again.Status, (await again.JsonAsync()).Code()));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Ping_OfTheChild_IsAnsweredByTheGateway(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        var answered = await one.CallAsync("request", new { method = "ping" });
        await child.SettleAsync();

        Assert.Equal("{}", answered.Structured().Get("result").GetRawText());
        Assert.Empty(one.Inbox.Rest);
        Assert.Empty(two.Inbox.Rest);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("shared")]
    public async Task Ping_OfAClient_GoesToTheChild(string isolation)
    {
        await using var child = await OneChild.StartAsync(isolation);
        var client = await child.JoinStreamableAsync();

        Assert.Equal("{}", (await client.AskAsync(Rpc.Request("7", "ping"), "7")).Get("result").GetRawText());

        Assert.Contains("ping", await client.ReceivedAsync());
    }

    private static async Task<JsonElement> InitializeAsync(TestGateway gateway, string revision = "2025-11-25")
    {
        await using var client = StreamableClient.Create(gateway, user: "alice");
        using var answer = await client.PostAsync(Rpc.Initialize("7", revision));
        Assert.Equal(200, answer.Status);
        client.SessionId = answer.Header("Mcp-Session-Id");
        var message = (await answer.NextAsync())!.Value;
        Assert.True(message.IsAnswerTo("7"), message.GetRawText());
        return message.Get("result");
    }

    private static string[] Members(JsonElement result) => [.. result.EnumerateObject().Select(member => member.Name).Order()];
}
