using System.Runtime.InteropServices;
using McpGateway.Cli.DemoServer;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>A process for <c>posix_spawn</c>: no signal blocked, no descriptor inherited above 2.</summary>
internal sealed unsafe record SpawnOrder(string FileName, IReadOnlyList<string> Arguments, IReadOnlyCollection<string> Environment)
{
    // Larger than any libc's: glibc's are 80 and 336 bytes, and 128 for a set of signals.
    private const int ActionsSize = 512;
    private const int AttributesSize = 1024;
    private const int SignalsSize = 128;

    private const int FirstBeyondStandard = 3;

    public string? WorkingDirectory { get; init; }

    /// <summary>What becomes descriptors 0, 1 and 2; null: those of this process.</summary>
    public (int Input, int Output, int Error)? Streams { get; init; }

    /// <summary>Whether it leads a session, and so a process group, of its own.</summary>
    public bool OwnSession { get; init; }

    /// <summary>Whether signals that are ignored here stay ignored there, as with nohup; else all are at their defaults.</summary>
    public bool KeepsIgnoredSignals { get; init; }

    /// <returns>Its id. By then it has become the program: an error of that is thrown here.</returns>
    /// <exception cref="ChildLaunchException">It could not be started.</exception>
    public int Spawn()
    {
        if (Arguments.Concat(Environment).Any(text => text.Contains('\0')))
            throw new ChildLaunchException($"'{FileName}' cannot be started: an argument or a variable holds a zero byte.");
        var actions = stackalloc byte[ActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        using var strings = new UnmanagedStrings(WorkingDirectory is null ? [FileName] : [FileName, WorkingDirectory]);
        using var arguments = new UnmanagedStrings(Arguments);
        using var environment = new UnmanagedStrings(Environment);
        Libc.InitActions(actions);
        Libc.InitAttributes(attributes);
        try
        {
            AddActions(actions, strings.Pointer[1]);
            SetAttributes(attributes);
            var error = Libc.Spawn(out var pid, strings.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
            Check(error);
            return pid;
        }
        finally
        {
            Libc.DestroyActions(actions);
            Libc.DestroyAttributes(attributes);
        }
    }

    private void AddActions(void* actions, byte* workingDirectory)
    {
        if (Streams is var (input, output, error))
        {
            Check(Libc.AddDuplicate(actions, input, 0));
            Check(Libc.AddDuplicate(actions, output, 1));
            Check(Libc.AddDuplicate(actions, error, 2));
        }

        if (workingDirectory is not null)
            Check(Libc.AddChangeDirectory(actions, workingDirectory));
        if (Libc.HasCloseFrom)
            Check(Libc.AddCloseFrom(actions, FirstBeyondStandard));
    }

    // The runtime ignores SIGPIPE, and an ignored signal stays ignored through exec: a child would not end when its reader does.
    private void SetAttributes(void* attributes)
    {
        var all = stackalloc byte[SignalsSize];
        var none = stackalloc byte[SignalsSize];
        new Span<byte>(all, SignalsSize).Fill(byte.MaxValue);
        new Span<byte>(none, SignalsSize).Clear();
        Check(Libc.SetDefaultSignals(attributes, all));
        Check(Libc.SetSignalMask(attributes, none));
        var flags = (OwnSession ? Libc.SpawnOwnSession : 0) | (KeepsIgnoredSignals ? 0 : Libc.SpawnDefaultSignals);
        Check(Libc.SetFlags(attributes, (short)(Libc.SpawnSignalMask | flags)));
    }

    private void Check(int error)
    {
        if (error != 0)
            throw new ChildLaunchException($"'{FileName}' cannot be started: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
