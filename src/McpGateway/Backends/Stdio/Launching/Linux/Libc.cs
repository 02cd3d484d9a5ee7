using System.Runtime.InteropServices;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>What the framework has no call for. Numbers are those of Linux on x64 and arm64, glibc and musl alike.</summary>
internal static unsafe partial class Libc
{
    public const int SignalHangUp = 1;
    public const int SignalInterrupt = 2;
    public const int SignalQuit = 3;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalChild = 17;

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

    public const short SpawnDefaultSignals = 4; // POSIX_SPAWN_SETSIGDEF
    public const short SpawnSignalMask = 8; // POSIX_SPAWN_SETSIGMASK
    public const short SpawnOwnSession = 0x80; // POSIX_SPAWN_SETSID

    /// <summary>glibc has it from 2.34 on, musl does not.</summary>
    public static bool HasCloseFrom { get; } = NativeLibrary.TryLoad("libc.so.6", out var libc)
        && NativeLibrary.TryGetExport(libc, "posix_spawn_file_actions_addclosefrom_np", out _);

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

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial void Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    public static partial int Spawn(out int pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial void InitActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial void DestroyActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(void* actions, int descriptor, int newDescriptor);

    /// <summary>glibc 2.29, musl 1.1.24.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static partial int AddChangeDirectory(void* actions, byte* path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(void* actions, int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial void InitAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial void DestroyAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(void* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSignalMask(void* attributes, byte* signals);

    /// <summary>struct rlimit.</summary>
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
