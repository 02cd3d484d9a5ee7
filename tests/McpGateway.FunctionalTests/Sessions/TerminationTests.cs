using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>The real program, told to stop as an orchestrator does it.</summary>
public sealed class TerminationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)] // as from a terminal, where guard and gateway each get one
    public async Task Signal_WithACallInFlight_WaitsForItsAnswer(int signals)
    {
        Skip.When(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var gateway = await GatewayProgram.StartAsync(TestGateway.TestServerJson());
        var uri = new Uri(gateway.BaseAddress, "test/message");
        // Longer than the two seconds after which System.CommandLine would end the process.
        var call = TestHttp.SendAsync(
            HttpMethod.Post, uri, TestHttp.Json(Rpc.Call("2", "delay", new { ms = 4000, text = "done" })));
        await Eventually.TrueAsync(() => HasReceivedDelayAsync(uri), "the call is in flight", TestHttp.Timeout);
        for (var sent = 0; sent < signals; sent++)
            await gateway.SignalAsync("TERM");

        using var answer = await call;
        Assert.Equal("done", (await answer.JsonAsync()).Text());
        Assert.Equal(0, await gateway.ExitAsync());
    }

    [Fact]
    public async Task Signal_Again_EndsTheDelay()
    {
        Skip.When(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var gateway = await GatewayProgram.StartAsync(
            TestGateway.TestServerJson(), new() { ["Drain__Delay"] = "00:30:00" });
        var health = new Uri(gateway.BaseAddress, "health");
        await gateway.SignalAsync("TERM");
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await TestHttp.SendAsync(HttpMethod.Get, health);
                return answer.Status == 503;
            },
            "it drains", TestHttp.Timeout);

        // What comes together with the first is part of it; so once more, and once more, to the very end of the process.
        var ended = gateway.ExitAsync();
        while (!ended.IsCompleted)
        {
            await gateway.SignalAsync("TERM");
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestHttp.Token));
        }

        Assert.Equal(0, await ended);
    }

    private static async Task<bool> HasReceivedDelayAsync(Uri uri)
    {
        using var answer = await TestHttp.SendAsync(HttpMethod.Post, uri, TestHttp.Json(Rpc.Call("1", "received")));
        return (await answer.BodyAsync()).Contains("tools/call delay", StringComparison.Ordinal);
    }
}
