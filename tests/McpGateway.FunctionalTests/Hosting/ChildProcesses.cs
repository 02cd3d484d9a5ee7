using System.Globalization;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>The TestServer processes of one gateway and what they start, by the folder that their command lines name.</summary>
internal sealed class ChildProcesses : IDisposable
{
    // Longer than a generation of a storm takes on a busy machine.
    private static readonly TimeSpan CalmInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpgateway-pids-").FullName;

    /// <summary>The flags that make a TestServer write its file here.</summary>
    public string[] Flags => ["--pid-file", _folder];

    /// <summary>All that have written their file at their start.</summary>
    public int[] Started =>
        [.. Directory.GetFiles(_folder).Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture))];

    /// <summary>All that run, those that wrote no file among them.</summary>
    public int[] Living =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, out var pid) ? pid : 0).Where(pid => pid > 0 && IsAlive(pid)),
    ];

    /// <summary>How many generations of a storm there have been. None of them lives long enough to be seen for sure.</summary>
    public long Generations => File.Exists(StormFile) ? new FileInfo(StormFile).Length : 0;

    private string StormFile => _folder + ".storm";

    /// <summary>
    /// Waits for the end of a storm, whose newest generation may not be known yet when all known ones have gone.
    /// </summary>
    public Task CalmAsync() => Eventually.TrueAsync(IsCalmAsync, "no generation comes any more", TestHttp.Timeout);

    private async Task<bool> IsCalmAsync()
    {
        var before = Generations;
        await Task.Delay(CalmInterval, TimeProvider.System, TestHttp.Token);
        return Generations == before;
    }

    public Task GoneAsync() => Eventually.TrueAsync(() => Living.Length == 0, "all children are gone");

    /// <summary>Whether this process of ours runs: its command line names the folder, so a reused pid is no match.</summary>
    public bool IsAlive(int pid) => Read($"/proc/{pid}/cmdline").Contains(_folder, StringComparison.Ordinal);

    /// <summary>Whether one that does not run has been reaped: its pid is nobody's, or a running stranger's.</summary>
    public static bool HasGone(int pid)
    {
        var status = Read($"/proc/{pid}/stat");
        return status[(status.LastIndexOf(')') + 1)..].TrimStart() is not ['Z', ..];
    }

    /// <summary>A file of /proc; empty when its process has gone, or goes meanwhile.</summary>
    public static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        File.Delete(StormFile);
    }
}
