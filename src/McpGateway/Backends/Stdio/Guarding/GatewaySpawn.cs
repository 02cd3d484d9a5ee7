using System.Runtime.InteropServices;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>
/// How the guard starts the gateway: not with the framework's Process, which would reap the guard's children by itself. The
/// gateway inherits the standard streams and no other descriptor. Ignored signals stay ignored, as nohup requires.
/// </summary>
internal static unsafe class GatewaySpawn
{
    // Opaque structures of libc, with room to spare: glibc's have 80 and 336 bytes, and a set of signals has 128.
    private const int ActionsSize = 512;
    private const int AttributesSize = 1024;
    private const int SignalsSize = 128;

    // Signals 32 and 33, which glibc uses to cancel threads. Its posix_spawn leaves them ignored unless they are named here.
    private const ulong SignalsOfThreads = 3ul << 31;

    private const int FirstBeyondStandard = 3;

    /// <returns>Its id. By then it executes the program: posix_spawn returns the error if that fails.</returns>
    /// <exception cref="ChildLaunchException">It could not be started.</exception>
    public static int Start(string fileName, IReadOnlyCollection<string> commandLine, IReadOnlyCollection<string> variables)
    {
        var actions = stackalloc byte[ActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        using var file = new UnmanagedStrings([fileName]);
        using var arguments = new UnmanagedStrings(commandLine);
        using var environment = new UnmanagedStrings(variables);
        SpawnCalls.InitActions(actions);
        SpawnCalls.InitAttributes(attributes);
        try
        {
            if (SpawnCalls.HasCloseFrom)
                Check(SpawnCalls.AddCloseFrom(actions, FirstBeyondStandard));
            SetAttributes(attributes);
            Check(SpawnCalls.Spawn(out var pid, file.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer));
            return pid;
        }
        finally
        {
            SpawnCalls.DestroyActions(actions);
            SpawnCalls.DestroyAttributes(attributes);
        }

        void Check(int error)
        {
            if (error != 0)
                throw new ChildLaunchException($"'{fileName}' cannot be started: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        // In a session of its own, the gateway has no terminal, and neither have its children: Ctrl+C reaches the guard alone.
        // The empty mask unblocks all signals.
        void SetAttributes(byte* attributes)
        {
            var signals = stackalloc byte[SignalsSize];
            new Span<byte>(signals, SignalsSize).Clear();
            Check(SpawnCalls.SetSignalMask(attributes, signals));
            *(ulong*)signals = SignalsOfThreads;
            Check(SpawnCalls.SetDefaultSignals(attributes, signals));
            Check(SpawnCalls.SetFlags(
                attributes, SpawnCalls.SignalMaskFlag | SpawnCalls.DefaultSignalsFlag | SpawnCalls.OwnSessionFlag));
        }
    }
}
