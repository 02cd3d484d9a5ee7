using System.Diagnostics;
using System.Text.Json.Nodes;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>
/// The real program in the foreground of a terminal, as a user starts it; <c>script</c> of util-linux makes the terminal.
/// It is started by a shell that leaves a descriptor open and a signal ignored.
/// </summary>
internal sealed class TerminalProgram : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private const char CtrlC = '\x03';

    private readonly Process _script;
    private readonly DirectoryInfo _folder;

    private TerminalProgram(Process script, DirectoryInfo folder) => (_script, _folder) = (script, folder);

    public static bool IsAvailable => File.Exists("/usr/bin/script");

    /// <summary>With a trailing slash.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    public static async Task<TerminalProgram> StartAsync(JsonObject json, string guard)
    {
        var folder = Directory.CreateTempSubdirectory("mcpgateway-");
        var file = Path.Combine(folder.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, json.ToJsonString(), TestHttp.Token);
        var gateway = Path.Combine(AppContext.BaseDirectory, "McpGateway");
        var command = $"exec 7</dev/null; trap '' HUP; exec '{gateway}' --config '{file}' --urls http://127.0.0.1:0";
        var script = Process.Start(new ProcessStartInfo(
            "/usr/bin/script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["SHELL"] = "/bin/sh",
                ["MCPGATEWAY_GUARD"] = guard,
                ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            },
        })!;
        var program = new TerminalProgram(script, folder);
        await program.ReadAddressAsync();
        return program;
    }

    public async Task PressCtrlCAsync()
    {
        await _script.StandardInput.WriteAsync(CtrlC);
        await _script.StandardInput.FlushAsync(TestHttp.Token);
    }

    /// <returns>The program's exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _script.WaitForExitAsync(TestHttp.Token).WaitAsync(2 * TestHttp.Timeout, TestHttp.Token);
        return _script.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
            _script.Kill(entireProcessTree: true);
        await _script.WaitForExitAsync(CancellationToken.None);
        _script.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadAddressAsync()
    {
        while (await _script.StandardOutput.ReadLineAsync(TestHttp.Token) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var start and >= 0)
            {
                _ = _script.StandardOutput.ReadToEndAsync(CancellationToken.None); // or a full pipe would stop it
                BaseAddress = new Uri(line[(start + Listening.Length)..].Trim() + "/");
                return;
            }
        }

        throw new InvalidOperationException("The gateway ended before it listened.");
    }
}
