using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>Children that die, or never live.</summary>
public sealed class ChildFailureTests
{
    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    public async Task Child_ThatCrashesDuringACall_FailsTheCallAndTheNextFindsANewOne(Wire wire)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await gateway.ConnectAsync(wire, """{"roots":{}}""");
        await client.AskAsync(
            """{"jsonrpc":"2.0","id":"level","method":"logging/setLevel","params":{"level":"error"}}""", "\"level\"");
        var (pid, said) = (await client.PidAsync(), (await client.CallAsync("client")).Structured().GetRawText());

        Assert.Equal(-32603, (await client.CallAsync("crash", new { code = 3 })).Code());

        Assert.NotEqual(pid, await client.PidAsync());
        Assert.Equal(said, (await client.CallAsync("client")).Structured().GetRawText());
        Assert.Equal("error", (await client.CallAsync("level")).Structured().Get("level").GetString());
        Assert.DoesNotContain("tools/call crash", await client.ReceivedAsync());
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    public async Task Child_ThatCrashesDuringACall_FailsTheCallAndEndsTheSessionIfToldSo(Wire wire)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            keys: new() { ["env"] = new JsonObject { ["TEST_KEY"] = "s3cr3t-value" }, ["onExit"] = "terminate" });
        await using var client = await gateway.ConnectAsync(wire);

        var failed = await client.CallAsync("crash", new { code = 3, stderr = "cannot go on with s3cr3t-value" });

        var data = failed.Get("error").Get("data");
        Assert.Equal((-32603, "test", 3), (failed.Code(), data.Get("server").GetString(), data.Get("exitCode").GetInt32()));
        Assert.Equal(["cannot go on with ***"], data.Get("stderr").EnumerateArray().Select(line => line.GetString()));
        await Eventually.TrueAsync(async () => await StatusAsync(client) == 404, "the session is gone", TestHttp.Timeout);
    }

    [Fact]
    public async Task Child_ThatIsKilledDuringACall_NamesTheSignal()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await StreamableClient.ConnectAsync(gateway);

        var failed = await client.CallAsync("abort");

        Assert.Equal((-32603, 9), (failed.Code(), failed.Get("error").Get("data").Get("signal").GetInt32()));
    }

    [Theory]
    [InlineData("session")]
    [InlineData("shared")]
    public async Task Child_ThatTakesTooMuchMemory_IsKilledAndSaysSo(string isolation)
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Elsewhere the memory of a tree cannot be told.");
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            keys: new() { ["maxMemoryMiB"] = 200, ["isolation"] = isolation });
        await using var client = await StreamableClient.ConnectAsync(gateway);
        var pid = await client.PidAsync();

        var failed = await client.CallAsync("hold", new { bytes = 300_000_000 });

        Assert.Contains("over its limit of 200 (maxMemoryMiB)",
            failed.Get("error").Get("message").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(pid, await client.PidAsync());
    }

    [Fact]
    public async Task Child_ThatCrashes_FailsEveryCallInFlight()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await StreamableClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""");
        using var first = await PendingSample.BeginAsync(client);
        using var second = await client.PostAsync(Rpc.Call("7", "progress", new { steps = 1000, delayMs = 100 }, "1"));
        Assert.Equal("notifications/progress", (await second.NextAsync())?.Method());

        await client.CallAsync("crash");

        Assert.Equal(-32603, Assert.Single(await first.Stream.AllAsync()).Code());
        Assert.Equal(-32603, (await second.AllAsync())[^1].Code());
    }

    [Fact]
    public async Task Child_OfCallsWithoutASession_IsStartedAnewAfterACrash()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        var client = new PlainClient(gateway);
        var pid = await client.PidAsync();

        Assert.Equal(-32603, (await client.CallAsync("crash")).Code());

        await Eventually.TrueAsync(
            async () => await client.CallAsync("pid") is var answer
                && answer.TryGetProperty("result", out _) && answer.Text() != $"{pid}",
            "a new child answers", TestHttp.Timeout);
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Plain)]
    public async Task Command_ThatDoesNotExist_IsAnErrorThatNamesIt(Wire wire)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(keys: new() { ["command"] = "no-such-program" });
        await AssertStartFailsAsync(gateway, wire, "no-such-program");
    }

    [Fact]
    public async Task Command_ThatDoesNotExist_IsAnErrorOverSse()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(keys: new() { ["command"] = "no-such-program" });
        await using var client = await SseClient.OpenAsync(gateway);

        var answer = await client.AskAsync(Rpc.Initialize("1"), "1");

        Assert.Contains("no-such-program", answer.ErrorMessage(), StringComparison.Ordinal);
        await client.Reading.WaitAsync(TestHttp.Timeout, TestHttp.Token);
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Plain)]
    public async Task WorkingDirectory_ThatDoesNotExist_IsAnErrorThatNamesIt(Wire wire)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(keys: new() { ["cwd"] = "/no/such/folder" });
        await AssertStartFailsAsync(gateway, wire, "/no/such/folder");
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Plain)]
    public async Task Child_ThatExitsAtItsStart_IsAnErrorWithItsLastWords(Wire wire)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(["--stderr", "no licence", "--exit-at-start", "5"]);

        var error = await AssertStartFailsAsync(gateway, wire, "test");

        Assert.Equal(5, error.Get("error").Get("data").Get("exitCode").GetInt32());
        Assert.Equal("no licence", error.Get("error").Get("data").Get("stderr")[0].GetString());
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Plain)]
    public async Task Child_ThatNeverAnswersInitialize_IsAnErrorAfterTheStartTimeout(Wire wire)
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            ["--hang-at-initialize", .. children.Flags], new() { ["startTimeout"] = "00:00:01" });

        await AssertStartFailsAsync(gateway, wire, "startTimeout");

        await children.GoneAsync();
    }

    private static async Task<System.Text.Json.JsonElement> AssertStartFailsAsync(TestGateway gateway, Wire wire, string named)
    {
        await using IRawClient client = wire is Wire.Plain ? new PlainClient(gateway) : StreamableClient.Create(gateway);
        using var answer = await client.PostAsync(Rpc.Initialize("1"));

        Assert.Equal(200, answer.Status);
        var error = Assert.Single(await answer.AllAsync());
        Assert.Equal(-32603, error.Code());
        Assert.Contains(named, error.ErrorMessage(), StringComparison.Ordinal);
        // Plain JSON hands out no id; the headers of events were sent before anybody knew.
        if (client is StreamableClient streamable && answer.Header("Mcp-Session-Id") is { } id)
        {
            Assert.Equal("text/event-stream", answer.ContentType);
            (streamable.SessionId, streamable.Version) = (id, null);
            await Eventually.TrueAsync(async () => await StatusAsync(client) == 404, "the session is gone", TestHttp.Timeout);
            streamable.SessionId = null;
        }

        return error;
    }

    private static async Task<int> StatusAsync(IRawClient client)
    {
        using var answer = await client.PostAsync(Rpc.Request(client.NextId(), "ping"));
        return answer.Status;
    }
}
