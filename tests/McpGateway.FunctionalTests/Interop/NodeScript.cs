using System.Diagnostics;
using System.Text.Json;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>Runs a script of tests/interop to its end and reads the one JSON object that it prints.</summary>
internal static class NodeScript
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Skips or fails the test where Node.js or the packages are missing; see <see cref="InteropParts"/>.</summary>
    public static async Task<ScenarioReport> RunAsync(
        string script, IEnumerable<string> arguments, Dictionary<string, string>? environment = null)
    {
        InteropParts.Require();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Timeout);
        using var node = Start(script, arguments, environment ?? []);
        var stdout = node.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var stderr = node.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await node.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            node.Kill(entireProcessTree: true);
            Assert.Fail($"{script} was not done within {Timeout}.\n{await stdout}\n{await stderr}");
        }
        return Parse(script, node.ExitCode, await stdout, await stderr);
    }

    private static Process Start(string script, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = InteropParts.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // mcp-remote keeps state in the home directory otherwise, and so from one run to the next.
            Environment = { ["MCP_REMOTE_CONFIG_DIR"] = Path.Combine(AppContext.BaseDirectory, "mcp-remote") },
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static ScenarioReport Parse(string script, int exitCode, string stdout, string stderr)
    {
        try
        {
            return new(JsonElement.Parse(stdout), stderr);
        }
        catch (JsonException)
        {
            throw new InvalidOperationException($"{script} exited with {exitCode} and printed no JSON:\n{stdout}\n{stderr}");
        }
    }
}
