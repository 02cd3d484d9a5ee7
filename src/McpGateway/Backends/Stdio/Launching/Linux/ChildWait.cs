using System.Runtime.InteropServices;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Finds out how a direct child ended. Children are reaped by their ids: a wait for any child would also reap those of the
/// framework's Process, and the runtime ends the program when one of its own is missing.
/// </summary>
internal static unsafe class ChildWait
{
    // siginfo_t: its size, and the offsets of its fields.
    private const int InfoSize = 128;
    private const int CodeOffset = 8;
    private const int PidOffset = 16;
    private const int StatusOffset = 24;
    private const int CodeExited = 1; // CLD_EXITED

    /// <summary>Reaps it if it has ended.</summary>
    public static WaitResult Reap(int pid) => Wait(Libc.WaitForProcess, pid, Libc.WaitNoHang);

    /// <summary>
    /// Waits until any child has ended, without reaping it. Only for the guard, which has no children of the framework.
    /// </summary>
    public static WaitResult ForAny() => Wait(Libc.WaitForAny, 0, Libc.WaitNoReap);

    /// <summary>The same without waiting.</summary>
    public static WaitResult TryAny() => Wait(Libc.WaitForAny, 0, Libc.WaitNoReap | Libc.WaitNoHang);

    private static WaitResult Wait(int kind, int id, int options)
    {
        var info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        while (Libc.Wait(kind, id, info, Libc.WaitExited | options) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
                return new WaitResult(WaitState.NoChild, 0, default);
        }

        var pid = *(int*)(info + PidOffset);
        var status = *(int*)(info + StatusOffset);
        // With WNOHANG, waitid leaves the structure empty if no child has ended (waitid(2)).
        if (pid == 0)
            return new WaitResult(WaitState.Running, 0, default);
        var hasExited = *(int*)(info + CodeOffset) == CodeExited;
        return new WaitResult(
            WaitState.Ended, pid, hasExited ? new ChildExit(status, null) : new ChildExit(null, status));
    }
}
