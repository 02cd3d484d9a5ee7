using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Relay;

/// <summary>A child that prints without end: what it prints is not held in memory, whoever it is for, and others go on.</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private static readonly int Lines = Stress.Times(50_000);
    private const int LineBytes = 1000;
    private const long MegaByte = 1024 * 1024;

    // With a client that reads them, with clients of whom it cannot be told which one they are for, and for nobody.
    [Theory]
    [InlineData("session", "notifications/message")]
    [InlineData("shared", "notifications/message")]
    [InlineData("shared", "notifications/nobody")]
    public async Task Flood_OfAChild_IsNotHeldInMemory(string isolation, string method)
    {
        var json = TestGateway.TestServerJson(keys: new() { ["isolation"] = isolation });
        json["mcpServers"]!["other"] = TestGateway.TestServerJson()["mcpServers"]!["test"]!.DeepClone();
        await using var gateway = await GatewayProgram.StartAsync(
            json, new(GatewayProbe.Environment) { ["Logging__LogLevel__Default"] = "Error" });
        await using var client = await ConnectAsync(gateway, "test");
        await using var second = await ConnectAsync(gateway, "test");
        await using var other = await ConnectAsync(gateway, "other");
        await client.CallAsync("flood", new { count = Lines / 100, bytes = LineBytes, method });
        var before = await Remains.NowAsync(gateway);
        // With calls of two sessions in flight a log message on a shared child is for neither.
        var hanging = second.CallAsync("hang");

        var flooding = client.CallAsync("flood", new { count = Lines, bytes = LineBytes, method });
        var (managed, queued, calls) = (0L, 0L, 0);
        while (!flooding.IsCompleted)
        {
            Assert.Equal("on", (await other.CallAsync("echo", new { text = "on" })).Text());
            calls++;
            var now = await GatewayProbe.AskAsync(gateway);
            (managed, queued) = (Math.Max(managed, now.Managed), Math.Max(queued, now.Queued));
        }

        Assert.Equal("flooded", (await flooding).Text());
        await second.DeleteAsync();
        second.SessionId = null;
        Assert.Equal(-32603, (await hanging).Code());
        var after = await Remains.NowAsync(gateway);
        output.WriteLine(
            $"{isolation}, {method}: {Lines * (long)LineBytes / MegaByte} MiB printed, {calls} calls of others meanwhile; "
            + $"{managed / 1024:N0} KiB managed and {queued:N0} bytes queued at most\nbefore: {before}\nafter:  {after}");
        Assert.True(calls > 0);
        Assert.Empty(after.State.Errors.Take(10));
        // Its client's queue, and what is in between.
        Assert.InRange(queued, 0, QueueLimits.Default.Bytes + MegaByte);
        Assert.InRange(managed, 0, before.State.Managed + 32 * MegaByte);
        Assert.InRange(after.Resident, 0, 2 * before.Resident + 64 * MegaByte);
    }

    private static Task<StreamableClient> ConnectAsync(GatewayProgram gateway, string server) =>
        StreamableClient.ConnectAsync(new Uri(gateway.BaseAddress, $"{server}/mcp"));
}
