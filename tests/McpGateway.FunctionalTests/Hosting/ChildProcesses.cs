using System.Globalization;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>The TestServer processes of one gateway, by the files that they write at their start.</summary>
internal sealed class ChildProcesses : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcpgateway-pids-").FullName;

    /// <summary>The flags that make a TestServer write its file here.</summary>
    public string[] Flags => ["--pid-file", _folder];

    /// <summary>All that were ever started.</summary>
    public int[] Started =>
        [.. Directory.GetFiles(_folder).Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture))];

    public int[] Living => [.. Started.Where(IsAlive)];

    public Task GoneAsync() => Eventually.TrueAsync(() => Living.Length == 0, "all children are gone");

    /// <summary>Whether this process of ours runs: its command line names the folder, so a reused pid is no match.</summary>
    public bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains(_folder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it went while we looked, or before
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
