using System.Diagnostics;
using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>
/// A script of tests/interop that costs much to start, and so runs once for all tests: each line of JSON that it reads is
/// answered with a line of JSON. It ends when its stdin does, and so with the tests.
/// </summary>
internal sealed class NodeService(string script, params string[] arguments)
{
    private readonly Lock _lock = new();
    private readonly LineLog _stderr = new();
    private Task _last = Task.CompletedTask;
    private Process? _node;

    /// <summary>Skips or fails the test where Node.js or the packages are missing; see <see cref="InteropParts"/>.</summary>
    public Task<ScenarioReport> AskAsync(object request)
    {
        InteropParts.Require();
        lock (_lock)
        {
            var asking = AskAsync(request, after: _last);
            _last = asking;
            return asking;
        }
    }

    private async Task<ScenarioReport> AskAsync(object request, Task after)
    {
        await Task.WhenAny(after); // however it ended
        try
        {
            _node ??= Start();
            await _node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
            await _node.StandardInput.FlushAsync();
            var answer = await _node.StandardOutput.ReadLineAsync(TestHttp.Token).AsTask()
                .WaitAsync(3 * TestHttp.Timeout, TestHttp.Token);
            Assert.True(answer is not null, $"{script} has ended:\n{_stderr}");
            return new(JsonElement.Parse(answer), _stderr.ToString());
        }
        catch
        {
            // A late answer would be taken for the next one's.
            _node?.Kill(entireProcessTree: true);
            _node = null;
            throw;
        }
    }

    private Process Start()
    {
        var node = Process.Start(new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = InteropParts.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        node.ErrorDataReceived += (_, line) => _stderr.Add(line.Data);
        node.BeginErrorReadLine();
        return node;
    }

    // Written by the process's thread, read by a test's.
    private sealed class LineLog
    {
        private readonly List<string> _lines = [];

        public void Add(string? line)
        {
            lock (_lines)
            {
                if (line is not null)
                    _lines.Add(line);
            }
        }

        public override string ToString()
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }
}
