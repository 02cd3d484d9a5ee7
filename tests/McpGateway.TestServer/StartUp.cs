using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace McpGateway.TestServer;

/// <summary>What is done before the first line is read, and the handles that must live as long as the process.</summary>
internal sealed class StartUp : IDisposable
{
    private PosixSignalRegistration? _ignoredTerm;
    private Process? _grandchild;

    private StartUp()
    {
    }

    public int? GrandchildId => _grandchild?.Id;

    public static async Task<StartUp> PerformAsync(Flags flags)
    {
        var start = new StartUp();
        // Kept in a field: the registration ends when its object is collected.
        if (flags.IgnoreTerm)
            start._ignoredTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        // Not redirected on purpose: like a real grandchild, it keeps the pipes open after this process has ended.
        if (flags.Grandchild) start._grandchild = Process.Start("sleep", "600");
        if (flags.PidDirectory is { } directory)
        {
            await start.WritePidFileAsync(directory);
            flags.Descendants.ForEach(descendant => descendant(directory));
        }
        if (flags.Stderr is { } text) await Console.Error.WriteLineAsync(text);
        for (var i = 1; i <= flags.Noise; i++) await Console.Out.WriteLineAsync($"noise at start, line {i} of {flags.Noise}");
        return start;
    }

    public void Dispose()
    {
        _ignoredTerm?.Dispose();
        _grandchild?.Dispose();
    }

    private Task WritePidFileAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        var name = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return File.WriteAllTextAsync(Path.Combine(directory, name), GrandchildId?.ToString(CultureInfo.InvariantCulture));
    }
}
