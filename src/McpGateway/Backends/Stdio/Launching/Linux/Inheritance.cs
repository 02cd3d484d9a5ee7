using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Keeps from children what they would inherit by accident. The framework's Process resets signals that have a handler, but
/// leaves ignored ones ignored (the runtime itself ignores SIGPIPE). It also passes on descriptors that are not close-on-exec.
/// </summary>
internal static class Inheritance
{
    private const string Ignored = "SigIgn:";
    private const int SignalBits = 64;
    private const uint FirstBeyondStandard = 3;

    /// <summary>
    /// Gives each ignored signal a handler that does nothing. For this process nothing changes, but the framework resets the
    /// signal in children. Otherwise SIGPIPE would not end them when their reader ends.
    /// </summary>
    public static void ReplaceIgnoredSignals()
    {
        var ignored = IgnoredSignals();
        for (var signal = 1; signal <= SignalBits; signal++)
        {
            if ((ignored >> (signal - 1) & 1) != 0)
                _ = Libc.SetSignalHandler(signal, NoOp());
        }
    }

    /// <summary>
    /// Marks all descriptors except the standard ones as close-on-exec: those that this process has inherited itself, and those
    /// that native libraries have opened. Before Linux 5.11 there is no such call, and children inherit them.
    /// </summary>
    public static void CloseDescriptorsOnExec() =>
        _ = Libc.CloseRange(Libc.CallCloseRange, FirstBeyondStandard, uint.MaxValue, Libc.CloseRangeOnExec);

    private static ulong IgnoredSignals()
    {
        var status = Encoding.Latin1.GetString(ProcFiles.Read("/proc/self/status"));
        var line = status.Split('\n').First(line => line.StartsWith(Ignored, StringComparison.Ordinal));
        return ulong.Parse(line[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    // A handler may interrupt any thread at any point, so managed code is not allowed there. abs takes an integer, as a handler
    // does, and changes nothing.
    private static nint NoOp() =>
        NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Inheritance).Assembly, searchPath: null), "abs");
}
