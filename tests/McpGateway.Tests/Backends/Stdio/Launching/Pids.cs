using System.Globalization;
using McpGateway.Tests.Configuration;

namespace McpGateway.Tests.Backends.Stdio.Launching;

/// <summary>Processes that wrote their ids into files, and what has become of them.</summary>
internal static class Pids
{
    /// <summary>Waits for a process's file.</summary>
    public static async Task<int> UntilWrittenAsync(TemporaryFolder folder, string name)
    {
        await Waiting.UntilAsync(() => File.Exists(folder.File(name)) && File.ReadAllText(folder.File(name)).EndsWith('\n'));
        return Read(folder.File(name));
    }

    /// <summary>Waits until all of them are dead and reaped, when it need not have happened yet.</summary>
    public static Task UntilGoneAsync(TemporaryFolder folder) => Waiting.UntilAsync(() => Left(folder).Length == 0);

    /// <summary>Those that are still there, if only as zombies.</summary>
    public static int[] Left(TemporaryFolder folder) =>
        [.. Directory.GetFiles(folder.Path).Select(Read).Where(pid => Directory.Exists($"/proc/{pid}"))];

    private static int Read(string file) => int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
}
