using System.Diagnostics;
using System.Globalization;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>The real program, told to stop as an orchestrator does it.</summary>
public sealed class TerminationTests
{
    private const string Listening = "Now listening on: ";

    [Fact]
    public async Task Signal_WithACallInFlight_WaitsForItsAnswer()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        var folder = Directory.CreateTempSubdirectory("mcpgateway-");
        var file = Path.Combine(folder.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, TestGateway.TestServerJson().ToJsonString(), Http.Token);
        using var gateway = Start(file);
        try
        {
            var uri = new Uri(await ReadAddressAsync(gateway) + "/test/message");
            // Longer than the two seconds after which System.CommandLine would end the process.
            var call = Http.SendAsync(HttpMethod.Post, uri, Http.Json(Rpc.Call("2", "delay", new { ms = 4000, text = "done" })));
            await Eventually.TrueAsync(() => HasReceivedDelayAsync(uri), "the call is in flight", Http.Patience);
            using (var kill = Process.Start("kill", ["-TERM", gateway.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync(Http.Token);

            using var answer = await call;
            Assert.Equal("done", (await answer.JsonAsync()).Text());
            await gateway.WaitForExitAsync(Http.Token);
            Assert.Equal(0, gateway.ExitCode);
        }
        finally
        {
            if (!gateway.HasExited)
                gateway.Kill(entireProcessTree: true);
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> HasReceivedDelayAsync(Uri uri)
    {
        using var answer = await Http.SendAsync(HttpMethod.Post, uri, Http.Json(Rpc.Call("1", "received")));
        return (await answer.BodyAsync()).Contains("tools/call delay", StringComparison.Ordinal);
    }

    private static Process Start(string file) => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, "McpGateway"), ["--config", file, "--urls", "http://127.0.0.1:0"])
    {
        RedirectStandardOutput = true,
        Environment = { ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information" },
    })!;

    private static async Task<string> ReadAddressAsync(Process gateway)
    {
        while (await gateway.StandardOutput.ReadLineAsync(Http.Token) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var start and >= 0)
            {
                _ = gateway.StandardOutput.ReadToEndAsync(Http.Token); // or a full pipe would stop it
                return line[(start + Listening.Length)..].Trim();
            }
        }

        throw new InvalidOperationException("The gateway ended before it listened.");
    }
}
