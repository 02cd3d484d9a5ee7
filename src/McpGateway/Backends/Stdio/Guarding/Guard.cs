using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>
/// On Linux the program's first process is a guard, and the gateway is its child: when the gateway is killed or crashes, the
/// kernel hands whatever it leaves behind to the guard, which kills it. See docs/processes.md.
/// </summary>
internal static class Guard
{
    /// <summary><c>off</c>: the gateway runs without a guard.</summary>
    public const string Switch = "MCPGATEWAY_GUARD";

    private const string Off = "off";

    // The guard's id, for the gateway that it starts.
    private const string Link = "MCPGATEWAY_GUARD_PID";

    private const int GuardIsGone = 1;

    /// <summary>
    /// To be called by the main thread before anything is started. In the gateway it returns at once, in the guard at its end.
    /// </summary>
    /// <param name="errors">Is told why there is no guard when there should be one.</param>
    /// <returns>What to exit with; null: go on as the gateway.</returns>
    public static int? Enter(TextWriter errors)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // Some parents ignore it, and so would this process: the kernel would then not tell how a child ended.
        _ = Libc.SetSignalHandler(Libc.SignalChild, 0);
        if (int.TryParse(Environment.GetEnvironmentVariable(Link), CultureInfo.InvariantCulture, out var guard))
            return Attach(guard) ? null : GuardIsGone;
        if (!IsWanted)
            return null;
        try
        {
            return new GuardProcess(StartGateway()).Run();
        }
        catch (ChildLaunchException exception)
        {
            errors.WriteLine($"The gateway runs without a guard. {exception.Message}");
            return null;
        }
    }

    // A debugger that has started this process is meant for the gateway.
    [SupportedOSPlatform("linux")]
    private static bool IsWanted =>
        !string.Equals(Environment.GetEnvironmentVariable(Switch), Off, StringComparison.OrdinalIgnoreCase)
        && !Debugger.IsAttached && !IsUnderSystemd;

    // systemd ends what is left of a service by itself.
    private static bool IsUnderSystemd =>
        Environment.GetEnvironmentVariable("INVOCATION_ID") is not null
        && ProcFiles.Read($"/proc/{Libc.GetParentId()}/comm").SequenceEqual("systemd\n"u8);

    private static int StartGateway()
    {
        _ = Libc.Control(Libc.SetChildSubreaper, 1);
        // All inherit it: with it no descendant can change its user by a setuid program and get out of reach of our signals.
        _ = Libc.Control(Libc.SetNoNewPrivileges, 1);
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}")
            .Append(string.Create(CultureInfo.InvariantCulture, $"{Link}={Environment.ProcessId}"));
        return GatewaySpawn.Start(Environment.ProcessPath!, CommandLine(), [.. environment]);
    }

    // Read from /proc, because .NET's arguments lack the program's name, and for `dotnet McpGateway.dll` that of the file.
    private static string[] CommandLine() => Encoding.UTF8.GetString(ProcFiles.Read("/proc/self/cmdline")).Split('\0')[..^1];

    // The kernel sends the signal when the thread that started us ends: in the guard that is its main thread. And the request
    // belongs to the thread that makes it, so that must be a main thread, too.
    private static bool Attach(int guard)
    {
        // A gateway that one of our children starts would take our guard for its own.
        Environment.SetEnvironmentVariable(Link, null);
        _ = Libc.Control(Libc.SetParentDeathSignal, Libc.SignalTerminate);
        return Libc.GetParentId() == guard;
    }
}
