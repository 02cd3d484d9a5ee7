namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit code; null when a signal ended it.</param>
/// <param name="Signal">The signal's number; null when it exited by itself.</param>
internal readonly record struct ChildExit(int? Code, int? Signal)
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>
    /// From an exit code as shells and the framework report it: 128 and the signal's number stand for a signal. A program
    /// that exits with such a code by itself cannot be told apart.
    /// </summary>
    public static ChildExit FromShellCode(int code) =>
        code is > SignalBase and <= SignalBase + LastSignal && !OperatingSystem.IsWindows()
            ? new ChildExit(null, code - SignalBase)
            : new ChildExit(code, null);

    public override string ToString() => (Code, Signal) switch
    {
        (_, { } signal) => $"ended by signal {signal}",
        ({ } code, _) => $"exited with code {code}",
        _ => "ended in an unknown way",
    };
}
