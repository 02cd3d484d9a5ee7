using System.Runtime.InteropServices;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>
/// How the guard starts the gateway: not with the framework's Process, which would reap children behind the guard's back.
/// The gateway inherits the standard streams and no other descriptor; ignored signals stay ignored, as with nohup.
/// </summary>
internal static unsafe class GatewaySpawn
{
    // Larger than any libc's: glibc's are 80 and 336 bytes, and 128 for a set of signals.
    private const int ActionsSize = 512;
    private const int AttributesSize = 1024;
    private const int SignalsSize = 128;

    // Signals 32 and 33, with which glibc cancels threads. Its posix_spawn leaves them ignored unless they are named.
    private const ulong SignalsOfThreads = 3ul << 31;

    private const int FirstBeyondStandard = 3;

    /// <returns>Its id. By then it has become the program: an error of that is thrown here.</returns>
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

        // In a session of its own it has no terminal, and neither have its children: Ctrl+C reaches the guard alone.
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
