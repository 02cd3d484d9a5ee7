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
/// kernel makes the processes that it leaves behind children of the guard, which kills them. See docs/processes.md.
/// </summary>
internal static class Guard
{
    /// <summary><c>off</c>: the gateway runs without a guard.</summary>
    public const string Switch = "MCPGATEWAY_GUARD";

    private const string Off = "off";

    // Tells the gateway that it has a guard, and the guard's id.
    private const string Link = "MCPGATEWAY_GUARD_PID";

    private const int GuardIsGone = 1;

    /// <summary>
    /// Must be called on the main thread, before anything is started. In the gateway it returns at once, in the guard at its end.
    /// </summary>
    /// <param name="errors">Receives the reason if there should be a guard but cannot be.</param>
    /// <returns>What to exit with; null: go on as the gateway.</returns>
    public static int? Enter(TextWriter errors)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // Some parents ignore SIGCHLD, and that is inherited. The kernel would then reap children by itself (wait(2)), and nobody
        // could find out how they ended.
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

    // If a debugger has started this process, it is meant for the gateway.
    [SupportedOSPlatform("linux")]
    private static bool IsWanted =>
        !string.Equals(Environment.GetEnvironmentVariable(Switch), Off, StringComparison.OrdinalIgnoreCase)
        && !Debugger.IsAttached && !IsUnderSystemd;

    // systemd ends what is left of a service by itself. The variable alone does not show that systemd has started this process:
    // everything below a service inherits it.
    private static bool IsUnderSystemd =>
        Environment.GetEnvironmentVariable("INVOCATION_ID") is not null
        && ProcFiles.Read($"/proc/{Libc.GetParentId()}/comm").SequenceEqual("systemd\n"u8);

    private static int StartGateway()
    {
        // The kernel makes orphans below this process its children, instead of those of process 1 (PR_SET_CHILD_SUBREAPER).
        _ = Libc.Control(Libc.SetChildSubreaper, 1);
        // Inherited by all descendants. Otherwise one could change its user with a setuid program, and then could not be killed.
        _ = Libc.Control(Libc.SetNoNewPrivileges, 1);
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}")
            .Append(string.Create(CultureInfo.InvariantCulture, $"{Link}={Environment.ProcessId}"));
        return GatewaySpawn.Start(Environment.ProcessPath!, CommandLine(), [.. environment]);
    }

    // Read from /proc, because .NET's arguments lack the program's name, and for `dotnet McpGateway.dll` that of the file.
    private static string[] CommandLine() => Encoding.UTF8.GetString(ProcFiles.Read("/proc/self/cmdline")).Split('\0')[..^1];

    // The kernel sends the signal when the thread that started this process ends (prctl(2), PR_SET_PDEATHSIG). In the guard, that
    // is the main thread. The request also belongs to the thread that makes it, so it must be made on a main thread too.
    private static bool Attach(int guard)
    {
        // A gateway that one of the children starts would take this guard for its own.
        Environment.SetEnvironmentVariable(Link, null);
        _ = Libc.Control(Libc.SetParentDeathSignal, Libc.SignalTerminate);
        // The guard may have ended before the request: then there is another parent, and no signal will come.
        return Libc.GetParentId() == guard;
    }
}
