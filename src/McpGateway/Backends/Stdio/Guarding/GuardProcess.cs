using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>The guard's whole life. It uses nothing of the framework's that would reap children.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuardProcess(int gateway)
{
    private const int SignalBase = 128;

    // Then what is left cannot be killed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
    [
        (PosixSignal.SIGTERM, Libc.SignalTerminate),
        (PosixSignal.SIGINT, Libc.SignalInterrupt),
        (PosixSignal.SIGHUP, Libc.SignalHangUp),
        (PosixSignal.SIGQUIT, Libc.SignalQuit),
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
        }));
        var exit = WaitForGateway();
        var code = exit.Code ?? SignalBase + (exit.Signal ?? 0);
        using var patience = new Timer(_ => Environment.Exit(code), null, Patience, Timeout.InfiniteTimeSpan);
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

    // Whatever is below comes here sooner or later: a child that dies leaves its own children to us.
    private static void KillTheRest()
    {
        while (true)
        {
            var rest = ProcFiles.Adopted();
            foreach (var pid in rest)
                _ = Libc.Kill(pid, Libc.SignalKill);
            // One that came after the look has not been killed: it is no reason to wait.
            var ended = rest.Count > 0 ? ChildWait.ForAny() : ChildWait.LookForAny();
            for (; ended.State is WaitState.Ended; ended = ChildWait.LookForAny())
                ChildWait.Reap(ended.Pid);
            if (ended.State is WaitState.NoChild)
                return;
        }
    }
}
