using Microsoft.Win32.SafeHandles;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A pidfd: a signal through it reaches the process that it was opened for, and never another one that has got the same id.
/// </summary>
internal sealed class ProcessHandle : SafeHandleMinusOneIsInvalid
{
    private readonly int _pid;

    private ProcessHandle(int pid)
        : base(ownsHandle: true)
    {
        _pid = pid;
        SetHandle(Libc.OpenProcess(Libc.CallPidfdOpen, pid, 0));
    }

    /// <summary>Opens a process that was seen in /proc.</summary>
    /// <returns>Null when it has gone.</returns>
    public static ProcessHandle? Open(ProcessKey process)
    {
        var handle = new ProcessHandle(process.Pid);
        // The handle is for whoever has the id now. If that is the one that had it before, it was so at the opening, too.
        if (ProcFiles.Stat(process.Pid)?.Key == process)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Sends a signal to a process that was seen in /proc, if it is still there.</summary>
    public static void Signal(ProcessKey process, int signal)
    {
        using var handle = Open(process);
        handle?.Signal(signal);
    }

    /// <summary>Sends a signal to all in the process group that it leads or has led, even when it has been reaped.</summary>
    /// <returns>False when there is no such group, or this kernel cannot do it: before Linux 6.9.</returns>
    public bool TrySignalGroup(int signal) =>
        !IsInvalid && Libc.SignalProcess(Libc.CallPidfdSendSignal, (int)handle, signal, 0, Libc.PidfdSignalGroup) == 0;

    // Before Linux 5.3 there are no handles; the id was checked a moment ago.
    private void Signal(int signal) => _ = IsInvalid
        ? Libc.Kill(_pid, signal)
        : Libc.SignalProcess(Libc.CallPidfdSendSignal, (int)handle, signal, 0, 0);

    protected override bool ReleaseHandle()
    {
        Libc.Close((int)handle);
        return true;
    }
}
