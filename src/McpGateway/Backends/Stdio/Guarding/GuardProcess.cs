using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>The whole life of the guard. It uses nothing of the framework that would reap children.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuardProcess(int gateway)
{
    private const int SignalBase = 128;

    // What is still left then is stuck in the kernel, or belongs to another user.
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(20);

    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
    [
        (PosixSignal.SIGTERM, Libc.SignalTerminate),
        (PosixSignal.SIGINT, Libc.SignalInterrupt),
        (PosixSignal.SIGHUP, Libc.SignalHangUp),
        (PosixSignal.SIGQUIT, Libc.SignalQuit),
        // Ctrl+Z and `fg`: the gateway is not in the terminal's session and would not get them.
        (PosixSignal.SIGTSTP, Libc.SignalStop),
        (PosixSignal.SIGCONT, Libc.SignalContinue),
    ];

    // Guards the gateway's id: once it is reaped, the id may belong to another process, which must not get a signal.
    private readonly Lock _lock = new();
    private bool _hasEnded;

    /// <summary>Waits for the gateway's end, then for that of all that it left.</summary>
    /// <returns>The gateway's exit code; 128 and the signal's number when a signal ended it.</returns>
    public int Run()
    {
        var forwarding = Array.ConvertAll(Forwarded, one => PosixSignalRegistration.Create(one.Signal, context =>
        {
            context.Cancel = true; // otherwise the guard would end before the gateway
            Forward(one.Number);
            // The runtime's handler has replaced the default action, which is to stop.
            if (one.Number == Libc.SignalStop)
                _ = Libc.Kill(Environment.ProcessId, Libc.SignalStop);
        }));
        var exit = WaitForGateway();
        var code = exit.Code ?? SignalBase + (exit.Signal ?? 0);
        using var giveUp = new Timer(_ => Environment.Exit(code), null, KillTimeout, Timeout.InfiniteTimeSpan);
        KillTheRest();
        GC.KeepAlive(forwarding); // a registration that is collected forwards nothing
        return code;
    }

    private void Forward(int signal)
    {
        lock (_lock)
        {
            if (!_hasEnded)
                _ = Libc.Kill(gateway, signal);
        }
    }

    private ChildExit WaitForGateway()
    {
        while (true)
        {
            var ended = ChildWait.ForAny();
            if (ended.State is not WaitState.Ended)
                return default;
            // Others are orphans, or children of a script that has replaced itself by this program (exec).
            lock (_lock)
            {
                _hasEnded = ended.Pid == gateway;
                ChildWait.Reap(ended.Pid);
            }

            if (_hasEnded)
                return ended.Exit;
        }
    }

    // In the end, all descendants come here: when a child dies, the kernel makes its children those of the guard.
    private static void KillTheRest()
    {
        while (true)
        {
            var rest = ProcFiles.Adopted();
            foreach (var pid in rest)
                _ = Libc.Kill(pid, Libc.SignalKill);
            // Waits only if something was killed. A child that came after the list was read is still running, and may never end.
            var ended = rest.Count > 0 ? ChildWait.ForAny() : ChildWait.TryAny();
            for (; ended.State is WaitState.Ended; ended = ChildWait.TryAny())
                ChildWait.Reap(ended.Pid);
            if (ended.State is WaitState.NoChild)
                return;
        }
    }
}
