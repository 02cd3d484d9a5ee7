using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>
/// Clients that open an HTTP+SSE session and go away without a word: the gateway ends all of them, and keeps nothing.
/// </summary>
public sealed class AbandonedSessionsTests(ITestOutputHelper output)
{
    private const int AtOnce = 16;
    private const int MegaByte = 1024 * 1024;

    // A child that costs little: it answers the handshake, and reads what else comes.
    private const string Child = """read request; echo "$0"; while read message; do :; done""";

    private const string Result =
        """{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":"""
            + """{"name":"s","version":"1"}}}""";

    private static readonly int Sessions = Stress.Times(30);

    // A keep-alive is sent every 15 seconds: the second one at the latest finds out that nobody is there.
    private static readonly TimeSpan Timeout = 4 * TestHttp.Timeout;

    [Fact]
    public Task Sockets_ThatAreClosed_EndTheirSessions() => RunAsync(stream => stream.Dispose());

    [Fact]
    public Task Sockets_ThatAreLostUnnoticed_EndTheirSessions()
    {
        Skip.Unless(
            OperatingSystem.IsLinux() && BareStream.MayVanish(), "Connections cannot be lost silently here: no CAP_NET_ADMIN.");
        return RunAsync(stream => stream.Vanish());
    }

    private async Task RunAsync(Action<BareStream> leave)
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Processes and memory are read from /proc.");
        await using var gateway = await StartAsync();
        await RoundAsync(gateway, Math.Max(1, Sessions / 10), leave);
        var before = await Remains.OfAsync(gateway);

        var peak = await RoundAsync(gateway, Sessions, leave);

        var after = await Remains.OfAsync(gateway);
        output.WriteLine($"before: {before}\nwith {Sessions} sessions: {peak}\nafter:  {after}");
        Assert.Empty(after.State.Errors.Take(10));
        await Eventually.TrueAsync(() => gateway.OpenPipes() == before.Pipes, "all pipes are closed");
        // Pools and tables that have grown stay as they are.
        Assert.InRange(after.State.Managed, 0, 2 * before.State.Managed + 8 * MegaByte);
        Assert.InRange(after.Resident, 0, 2 * before.Resident + 32 * MegaByte);
    }

    private static async Task<Remains> RoundAsync(GatewayProgram gateway, int sessions, Action<BareStream> leave)
    {
        var streams = new BareStream[sessions];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, sessions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) => streams[number] = await BareStream.ConnectAsync(gateway.BaseAddress));
        // A thread that ends leaves its children to another: one scan may miss them.
        await Eventually.TrueAsync(() => gateway.ChildCount() == sessions, "each session has its child");
        var peak = await Remains.NowAsync(gateway);
        Assert.Equal(sessions, peak.State.Sessions);

        Array.ForEach(streams, leave);

        await Eventually.TrueAsync(
            () => Task.FromResult(gateway.ChildCount() == 0), "all children are gone, and have been reaped", Timeout);
        return peak;
    }

    private static Task<GatewayProgram> StartAsync()
    {
        var json = TestGateway.TestServerJson(keys: new() { ["maxProcesses"] = Sessions });
        json["mcpServers"]!["test"]!["command"] = "/bin/sh";
        json["mcpServers"]!["test"]!["args"] = new JsonArray("-c", Child, Result);
        return GatewayProgram.StartAsync(json, new(GatewayProbe.Environment)
        {
            ["Limits__SessionsPerUser"] = $"{Sessions}",
            ["Logging__LogLevel__Default"] = "Error",
        });
    }
}
