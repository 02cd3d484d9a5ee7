using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Logging;
using McpGateway.Sessions;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Rules;

/// <summary><c>${claim:…}</c> and <c>${header:…}</c> in a child's environment.</summary>
public sealed class UserValueTests
{
    private const string Header = "X-Service-Token";
    private static readonly string[] Names = ["WHO", "SERVICE"];

    [Theory]
    [InlineData("session")]
    [InlineData("user")]
    public async Task Values_OfEachUser_ReachTheirOwnChild(string isolation)
    {
        await using var gateway = await StartAsync(isolation);
        await using var alice = await ConnectAsync(gateway, "alice", "token-of-alice");
        await using var bob = await ConnectAsync(gateway, "bob", "token-of-bob");
        Assert.Equal(("alice", "v1 token-of-alice"), await SeenAsync(alice));
        Assert.Equal(("bob", "v1 token-of-bob"), await SeenAsync(bob));
        Assert.NotEqual(await alice.PidAsync(), await bob.PidAsync());
    }

    [Fact]
    public async Task Children_OfOneUser_AreToldApartByTheValues()
    {
        await using var gateway = await StartAsync("user");
        await using var first = await ConnectAsync(gateway, "alice", "token-one");
        await using var same = await ConnectAsync(gateway, "alice", "token-one");
        await using var other = await ConnectAsync(gateway, "alice", "token-two");
        Assert.Equal(await first.PidAsync(), await same.PidAsync());
        Assert.NotEqual(await first.PidAsync(), await other.PidAsync());
        Assert.Equal("v1 token-two", (await SeenAsync(other)).Service);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("user")]
    public async Task Calls_WithoutASession_GetTheChildOfTheirValues(string isolation)
    {
        await using var gateway = await StartAsync(isolation);
        Assert.Equal("v1 token-one", await PlainAsync(gateway, "token-one"));
        Assert.Equal("v1 token-two", await PlainAsync(gateway, "token-two"));
        Assert.Equal("v1 token-one", await PlainAsync(gateway, "token-one"));
    }

    [Theory]
    [InlineData("test/mcp", null, Header, "x")] // no claim
    [InlineData("test/mcp", "alice", "X-Other", "x")] // no header
    [InlineData("test/mcp", "alice", Header, "")]
    [InlineData("test/mcp", "alice", Header, "a\tb")]
    [InlineData("test/message", "alice", "X-Other", "x")]
    [InlineData("test/message", "alice", Header, "a\tb")]
    [InlineData("test/sse", "alice", "X-Other", "x")]
    public async Task Value_MissingOrWithAControlCharacter_Is403AndStartsNothing(
        string path, string? user, string name, string value)
    {
        await using var gateway = await StartAsync("session");
        using var answer = await SendAsync(
            gateway, path, path == "test/message" ? Rpc.Call("1", "pid") : Rpc.Initialize(), user, (name, value));
        Assert.Equal((403, -32001), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Fact]
    public async Task Header_ThatIsNotInTheSettings_IsNotPassedOn()
    {
        await using var gateway = await StartAsync("session", userHeader: "X-Another");
        using var answer = await SendAsync(gateway, "test/mcp", Rpc.Initialize(), "alice", (Header, "x"));
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Values_AreInNoLog()
    {
        var log = new CapturedLog();
        await using var gateway = await StartAsync("session", log: log);
        await using var client = await ConnectAsync(gateway, "alice", "swordfish-4711");
        Assert.Equal("v1 swordfish-4711", (await SeenAsync(client)).Service);
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains("swordfish", StringComparison.Ordinal));
    }

    private static Task<TestGateway> StartAsync(string isolation, string userHeader = Header, CapturedLog? log = null) =>
        TestGateway.StartWithTestServerAsync(
            keys: new()
            {
                ["isolation"] = isolation,
                ["env"] = new JsonObject { ["WHO"] = "${claim:sub}", ["SERVICE"] = $"v1 ${{header:{Header}}}" },
            },
            settings: new() { ["Access:UserHeaders:0"] = userHeader,
                ["Logging:LogLevel:Default"] = log is null ? "Warning" : "Trace" },
            adjust: builder =>
            {
                TestUsers.Add(builder);
                if (log is not null)
                    builder.Logging.AddProvider(log);
            });

    private static async Task<StreamableClient> ConnectAsync(TestGateway gateway, string user, string value)
    {
        using var answer = await SendAsync(gateway, "test/mcp", Rpc.Initialize(), user, (Header, value));
        Assert.Equal(200, answer.Status);
        await answer.AllAsync();
        return new StreamableClient(
            new Uri(gateway.BaseAddress, "test/mcp")) { SessionId = answer.Header("Mcp-Session-Id"), User = user };
    }

    private static async Task<(string? Who, string? Service)> SeenAsync(IRawClient client)
    {
        var seen = (await client.CallAsync("env", new { names = Names })).Structured();
        return (seen.Get("WHO").GetString(), seen.Get("SERVICE").GetString());
    }

    private static async Task<string?> PlainAsync(TestGateway gateway, string value)
    {
        using var answer = await SendAsync(
            gateway, "test/message", Rpc.Call("1", "env", new { names = Names }), "alice", (Header, value));
        return (await answer.JsonAsync()).Structured().Get("SERVICE").GetString();
    }

    private static Task<Answer> SendAsync(
        TestGateway gateway, string path, string body, string? user, params (string, string)[] headers) => TestHttp.SendAsync(
        path == "test/sse" ? HttpMethod.Get : HttpMethod.Post,
        new Uri(gateway.BaseAddress, path), path == "test/sse" ? null : TestHttp.Json(body),
        [("Accept", "application/json, text/event-stream"), .. TestUsers.HeaderOf(user), .. headers]);
}
