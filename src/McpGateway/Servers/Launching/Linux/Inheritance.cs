using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace McpGateway.Servers.Launching.Linux;

/// <summary>
/// Keeps from children what they would inherit by accident. The framework's Process resets signals that have a handler but
/// leaves ignored ones ignored (the runtime itself ignores SIGPIPE), and hands on each descriptor that is not close-on-exec.
/// </summary>
internal static class Inheritance
{
    private const string Ignored = "SigIgn:";
    private const int SignalBits = 64;
    private const uint FirstBeyondStandard = 3;

    /// <summary>
    /// Gives each ignored signal a handler that does nothing. This process goes on ignoring it, and the framework resets it
    /// in children; else they would not end when their reader does.
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
    /// Marks all descriptors but the standard ones close-on-exec: those that whoever started this process left open, and
    /// those of native libraries. Before Linux 5.11 there is no such call, and they are inherited.
    /// </summary>
    public static void CloseDescriptorsOnExec() =>
        _ = Libc.CloseRange(Libc.CallCloseRange, FirstBeyondStandard, uint.MaxValue, Libc.CloseRangeOnExec);

    private static ulong IgnoredSignals()
    {
        var status = Encoding.Latin1.GetString(ProcFiles.Read("/proc/self/status"));
        var line = status.Split('\n').First(line => line.StartsWith(Ignored, StringComparison.Ordinal));
        return ulong.Parse(line[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    // A handler may run on any thread at any moment: managed code is not allowed there. abs takes a number, as a handler
    // does, and touches nothing.
    private static nint NoOp() =>
        NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Inheritance).Assembly, searchPath: null), "abs");
}
