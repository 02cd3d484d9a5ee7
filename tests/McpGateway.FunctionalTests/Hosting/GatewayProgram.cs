using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>The real program on a free port, with its guard where there is one.</summary>
internal sealed class GatewayProgram : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private GatewayProgram(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>With a trailing slash.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>The process that was started: on Linux the guard.</summary>
    public int Id => _process.Id;

    /// <summary>The process that serves: on Linux the guard's only child.</summary>
    public int GatewayId => OperatingSystem.IsLinux() && Children(Id) is [var child] ? child : Id;

    public static async Task<GatewayProgram> StartAsync(
        JsonObject json, Dictionary<string, string>? environment = null, string urls = "http://127.0.0.1:0")
    {
        var folder = Directory.CreateTempSubdirectory("mcpgateway-");
        var file = Path.Combine(folder.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, json.ToJsonString(), TestHttp.Token);
        var info = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "McpGateway"), ["--config", file, "--urls", urls])
        {
            RedirectStandardOutput = true,
            Environment = { ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information" },
        };
        foreach (var (name, value) in environment ?? [])
            info.Environment[name] = value;
        var program = new GatewayProgram(Process.Start(info)!, folder);
        await program.ReadAddressAsync();
        return program;
    }

    /// <summary>Sends a signal; who has gone meanwhile needs none.</summary>
    /// <param name="signal">As kill takes it: TERM, KILL, ….</param>
    /// <param name="pid">To whom; null: to the process that was started.</param>
    public async Task SignalAsync(string signal, int? pid = null)
    {
        using var kill = Process.Start(
            new ProcessStartInfo("kill", [$"-{signal}", (pid ?? Id).ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        })!;
        await kill.WaitForExitAsync(TestHttp.Token);
    }

    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestHttp.Token).WaitAsync(2 * TestHttp.Timeout, TestHttp.Token);
        return _process.ExitCode;
    }

    /// <summary>How many children the gateway has, dead ones among them that it has not reaped.</summary>
    public int ChildCount() => Directory.GetDirectories($"/proc/{GatewayId}/task")
        .Sum(thread => ChildProcesses.Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);

    /// <summary>How many places for children are taken, as <c>/health</c> tells.</summary>
    public async Task<int> ProcessCountAsync()
    {
        using var client = new HttpClient();
        return (await client.GetFromJsonAsync<JsonObject>(new Uri(BaseAddress, "health"), TestHttp.Token))!["processes"]!
            .GetValue<int>();
    }

    /// <summary>How many pipes the gateway holds open.</summary>
    public int OpenPipes() => Directory.GetFiles($"/proc/{GatewayId}/fd")
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) is true);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int[] Children(int pid) =>
    [
        .. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    private async Task ReadAddressAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(TestHttp.Token) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var start and >= 0)
            {
                _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None); // or a full pipe would stop it
                BaseAddress = new Uri(line[(start + Listening.Length)..].Trim() + "/");
                return;
            }
        }

        throw new InvalidOperationException("The gateway ended before it listened.");
    }
}
