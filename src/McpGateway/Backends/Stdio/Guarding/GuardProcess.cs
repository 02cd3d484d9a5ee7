using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>The guard's whole life. It uses nothing of the framework's that would reap children.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuardProcess(int gateway)
{
    private const int SignalBase = 128;

    // Give up after this: what is left is stuck in the kernel or belongs to another user.
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

    private readonly Lock _lock = new();
    private bool _hasEnded;

    /// <summary>Waits for the gateway's end, then for that of all that it left.</summary>
    /// <returns>The gateway's exit code; 128 and the signal's number when a signal ended it.</returns>
    public int Run()
    {
        var forwarding = Array.ConvertAll(Forwarded, one => PosixSignalRegistration.Create(one.Signal, context =>
        {
            context.Cancel = true;
            Forward(one.Number);
            // The runtime's handler has taken the place of the default, which is to stop.
            if (one.Number == Libc.SignalStop)
                _ = Libc.Kill(Environment.ProcessId, Libc.SignalStop);
        }));
        var exit = WaitForGateway();
        var code = exit.Code ?? SignalBase + (exit.Signal ?? 0);
        using var giveUp = new Timer(_ => Environment.Exit(code), null, KillTimeout, Timeout.InfiniteTimeSpan);
        KillTheRest();
        GC.KeepAlive(forwarding);
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
            lock (_lock)
            {
                _hasEnded = ended.Pid == gateway;
                ChildWait.Reap(ended.Pid);
            }

            if (_hasEnded)
                return ended.Exit;
        }
    }

    // In the end all descendants come here: the kernel gives us the children of a child that has died.
    private static void KillTheRest()
    {
        while (true)
        {
            var rest = ProcFiles.Adopted();
            foreach (var pid in rest)
                _ = Libc.Kill(pid, Libc.SignalKill);
            // Without one that was killed there may be no end to wait for: a child may have come after the list was read.
            var ended = rest.Count > 0 ? ChildWait.ForAny() : ChildWait.TryAny();
            for (; ended.State is WaitState.Ended; ended = ChildWait.TryAny())
                ChildWait.Reap(ended.Pid);
            if (ended.State is WaitState.NoChild)
                return;
        }
    }
}
