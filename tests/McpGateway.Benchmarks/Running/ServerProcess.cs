using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace McpGateway.Benchmarks.Running;

/// <summary>A .NET program that serves HTTP until this object is disposed.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int RememberedLines = 40;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<string> _lastLines = new();
    private readonly Process _process;

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Remember;
        process.ErrorDataReceived += Remember;
    }

    /// <param name="assembly">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="settings">Environment variables in addition to the inherited ones.</param>
    public static ServerProcess Start(
        string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        ProcessStartInfo start = new("dotnet", [assembly, .. arguments])
        {
            // The folder with its default settings.
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // All sessions of a benchmark belong to one user, the anonymous one.
            Environment = { ["Limits__SessionsPerUser"] = "10000" },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        ServerProcess server = new(new Process { StartInfo = start });
        server._process.Start();
        // Both must be read, or a full pipe would block the server.
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Waits for any HTTP response.</summary>
    /// <exception cref="InvalidOperationException">The program ended, or did not respond within half a minute.</exception>
    public async Task WaitUntilItAnswersAsync(Uri url, CancellationToken stop)
    {
        using HttpClient client = new();
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < StartTimeout && !_process.HasExited)
        {
            try
            {
                using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, stop);
                return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
                await Task.Delay(PollInterval, TimeProvider.System, stop);
            }
        }

        var state = _process.HasExited ? $"exited with code {_process.ExitCode}" : "is running";
        throw new InvalidOperationException(
            $"No response from {url}; {_process.StartInfo.ArgumentList[0]} {state}:\n{string.Join('\n', _lastLines)}");
    }

    /// <summary>The number of threads of its only child process.</summary>
    public int ThreadsOfItsChild() => Directory.GetDirectories(
        $"/proc/{File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Trim()}/task").Length;

    public async ValueTask DisposeAsync()
    {
        // SIGTERM first, so that a gateway can stop its children.
        using CancellationTokenSource timeout = new(StopTimeout);
        try
        {
            if (!_process.HasExited && Kill(_process.Id, SigTerm) == 0)
                await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Remember(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        _lastLines.Enqueue(line.Data);
        if (_lastLines.Count > RememberedLines)
            _lastLines.TryDequeue(out _);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
