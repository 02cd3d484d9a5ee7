using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>The real program, told to stop as an orchestrator does it.</summary>
public sealed class TerminationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)] // as from a terminal, where guard and gateway each get one
    public async Task Signal_WithACallInFlight_WaitsForItsAnswer(int signals)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var gateway = await GatewayProgram.StartAsync(TestGateway.TestServerJson());
        var uri = new Uri(gateway.BaseAddress, "test/message");
        // Longer than the two seconds after which System.CommandLine would end the process.
        var call = Http.SendAsync(HttpMethod.Post, uri, Http.Json(Rpc.Call("2", "delay", new { ms = 4000, text = "done" })));
        await Eventually.TrueAsync(() => HasReceivedDelayAsync(uri), "the call is in flight", Http.Patience);
        for (var sent = 0; sent < signals; sent++)
            await gateway.SignalAsync("TERM");

        using var answer = await call;
        Assert.Equal("done", (await answer.JsonAsync()).Text());
        Assert.Equal(0, await gateway.ExitAsync());
    }

    private static async Task<bool> HasReceivedDelayAsync(Uri uri)
    {
        using var answer = await Http.SendAsync(HttpMethod.Post, uri, Http.Json(Rpc.Call("1", "received")));
        return (await answer.BodyAsync()).Contains("tools/call delay", StringComparison.Ordinal);
    }
}
