using System.Runtime.InteropServices;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Calls that the framework does not offer. The numbers are those of Linux on x64 and arm64, glibc or musl.</summary>
internal static unsafe partial class Libc
{
    public const int SignalHangUp = 1;
    public const int SignalInterrupt = 2;
    public const int SignalQuit = 3;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalChild = 17;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;

    public const int ErrorInterrupted = 4; // EINTR

    public const int SetParentDeathSignal = 1; // PR_SET_PDEATHSIG
    public const int SetChildSubreaper = 36; // PR_SET_CHILD_SUBREAPER
    public const int SetNoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS

    public const int CloseOnExec = 0x80000; // O_CLOEXEC
    public const int LimitOfMessageQueues = 12; // RLIMIT_MSGQUEUE

    public const int WaitForAny = 0; // P_ALL
    public const int WaitForProcess = 1; // P_PID
    public const int WaitNoHang = 1; // WNOHANG
    public const int WaitExited = 4; // WEXITED
    public const int WaitNoReap = 0x01000000; // WNOWAIT

    public const int AccessExecute = 1; // X_OK
    public const int AccessRead = 4; // R_OK

    // Numbers of system calls, because older versions of libc have no functions for them.
    public const int CallPidfdSendSignal = 424; // Linux 5.1, glibc 2.36
    public const int CallPidfdOpen = 434; // Linux 5.3, glibc 2.36
    public const int CallCloseRange = 436; // Linux 5.9, glibc 2.34

    public const uint CloseRangeOnExec = 4; // CLOSE_RANGE_CLOEXEC: Linux 5.11
    public const uint PidfdSignalGroup = 4; // PIDFD_SIGNAL_PROCESS_GROUP: Linux 6.9

    /// <summary>The error of the last call with SetLastError.</summary>
    public static string LastError => Marshal.GetLastPInvokeErrorMessage();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Control(int operation, nuint first, nuint second = 0, nuint third = 0, nuint fourth = 0);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint SetSignalHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int GetParentId();

    [LibraryImport("libc", EntryPoint = "getsid")]
    public static partial int GetSessionId(int pid);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int Wait(int kind, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial void Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial int CloseRange(nint call, uint first, uint last, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial int OpenProcess(nint call, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial int SignalProcess(nint call, int handle, int signal, nint info, uint flags);

    /// <summary>struct rlimit.</summary>
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
