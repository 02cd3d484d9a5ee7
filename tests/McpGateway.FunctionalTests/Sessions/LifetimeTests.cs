using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Sessions;

public sealed class LifetimeTests
{
    private static readonly int Each = Stress.Times(8);

    [Fact]
    public async Task ManySessions_OpenedAndEnded_LeaveNoChild()
    {
        using var children = new ChildProcesses();
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            children.Flags, new() { ["maxProcesses"] = 2 * Each }, new() { ["Limits:SessionsPerUser"] = $"{2 * Each}" });

        var sessions = Enumerable.Range(0, 2 * Each).Select(number => number % 2 == 0 ? Wire.Sse : Wire.Streamable);
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (wire, _) =>
        {
            await using var client = await gateway.ConnectAsync(wire);
            Assert.Equal("hello", (await client.CallAsync("echo", new { text = "hello" })).Text());
        });

        Assert.Equal(2 * Each, children.Started.Length);
        await Eventually.TrueAsync(
            () => Task.FromResult(children.Living.Length == 0), "all children are gone", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task IdleSession_WithoutAStream_IsEnded()
    {
        using var children = new ChildProcesses();
        await using var gateway = await StartAsync(children, idleTimeout: "00:00:01");
        await using var client = await StreamableClient.ConnectAsync(gateway);

        await children.GoneAsync();

        using var late = await client.PostAsync(Rpc.Request("7", "ping"));
        Assert.Equal((404, -32001), (late.Status, (await late.JsonAsync()).Code()));
    }

    [Fact]
    public async Task IdleSession_WithAnOpenStream_LivesOn()
    {
        using var children = new ChildProcesses();
        await using var gateway = await StartAsync(children, idleTimeout: "00:00:01");
        await using var client = await StreamableClient.ConnectAsync(gateway);
        using var stream = await client.OpenStreamAsync();
        await using var sse = await SseClient.ConnectAsync(gateway);
        var (pid, ssePid) = (await client.PidAsync(), await sse.PidAsync());

        // By the time that a session which came later has been ended for idleness, these would have been, too.
        await using var later = await StreamableClient.ConnectAsync(gateway);
        var laterPid = await later.PidAsync();
        await Eventually.TrueAsync(() => !children.IsAlive(laterPid), "the later session's child is gone");

        Assert.Equal(pid, await client.PidAsync());
        Assert.Equal(ssePid, await sse.PidAsync());
    }

    [Fact]
    public async Task IdleSession_WithACallInFlight_LivesOn()
    {
        using var children = new ChildProcesses();
        await using var gateway = await StartAsync(children, idleTimeout: "00:00:01");
        await using var client = await StreamableClient.ConnectAsync(gateway);

        Assert.Equal("late", (await client.CallAsync("delay", new { ms = 2500, text = "late" })).Text());
    }

    [Fact]
    public async Task IdleChild_OfCallsWithoutASession_IsEndedAndStartedAnew()
    {
        using var children = new ChildProcesses();
        await using var gateway = await StartAsync(children, idleTimeout: "00:00:01");
        var client = new PlainClient(gateway);
        var pid = await client.PidAsync();

        await children.GoneAsync();

        Assert.NotEqual(pid, await client.PidAsync());
    }

    [Fact]
    public async Task Stop_OfTheGateway_EndsStreamsAndLeavesNoChild()
    {
        using var children = new ChildProcesses();
        var gateway = await TestGateway.StartWithTestServerAsync(children.Flags);
        var sse = await SseClient.ConnectAsync(gateway);
        var client = await StreamableClient.ConnectAsync(gateway);
        using var stream = await client.OpenStreamAsync();
        await new PlainClient(gateway).PidAsync();
        Assert.Equal(3, children.Living.Length);

        await gateway.DisposeAsync();

        Assert.Empty(children.Living);
        Assert.Null(await stream.NextAsync());
        await sse.DisposeAsync();
    }

    [Fact]
    public async Task Stop_OfTheGateway_WaitsForCallsInFlight()
    {
        using var children = new ChildProcesses();
        var gateway = await TestGateway.StartWithTestServerAsync(children.Flags);
        var client = await StreamableClient.ConnectAsync(gateway, capabilities: """{"sampling":{}}""");
        var sse = await SseClient.ConnectAsync(gateway);
        // The question proves that the call is on its way; the delay outlasts the beginning of the stop.
        using var call = await client.PostAsync(Rpc.Call("7", "progress", new { steps = 2, delayMs = 300 }, "1"));
        await call.NextAsync();
        await sse.SendAsync(Rpc.Call("8", "delay", new { ms = 500, text = "late" }));

        await gateway.DisposeAsync();

        Assert.Equal("done", (await call.AllAsync())[^1].Text());
        Assert.Equal("late", (await sse.Inbox.TakeAsync(message => message.IsAnswerTo("8"))).Text());
        await sse.DisposeAsync();
        Assert.Empty(children.Living);
    }

    private static Task<TestGateway> StartAsync(ChildProcesses children, string idleTimeout) =>
        TestGateway.StartWithTestServerAsync(children.Flags, new JsonObject { ["idleTimeout"] = idleTimeout });
}
