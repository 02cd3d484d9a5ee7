using Microsoft.Win32.SafeHandles;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A pidfd: a signal through it reaches the process for which it was opened, and never a later one with the same id.
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
    /// <returns>Null when it is gone.</returns>
    public static ProcessHandle? Open(ProcessKey process)
    {
        var handle = new ProcessHandle(process.Pid);
        // The handle is for the process that had the id at the opening. If the expected one has it still, that was the one.
        if (ProcFiles.Stat(process.Pid)?.Key == process)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Sends a signal to a process that was seen in /proc, if it still exists.</summary>
    public static void Signal(ProcessKey process, int signal)
    {
        using var handle = Open(process);
        handle?.Signal(signal);
    }

    /// <summary>Sends a signal to the process group that this process has created, even after it was reaped.</summary>
    /// <returns>False when there is no such group, or before Linux 6.9, which is the first that can do this.</returns>
    public bool TrySignalGroup(int signal) =>
        !IsInvalid && Libc.SignalProcess(Libc.CallPidfdSendSignal, (int)handle, signal, 0, Libc.PidfdSignalGroup) == 0;

    // Before Linux 5.3 there are no handles. Then the id is used, which Open has checked just before.
    private void Signal(int signal) => _ = IsInvalid
        ? Libc.Kill(_pid, signal)
        : Libc.SignalProcess(Libc.CallPidfdSendSignal, (int)handle, signal, 0, 0);

    protected override bool ReleaseHandle()
    {
        Libc.Close((int)handle);
        return true;
    }
}
