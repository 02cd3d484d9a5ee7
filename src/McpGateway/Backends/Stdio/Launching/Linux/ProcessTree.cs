using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A child and all that descends from it. The framework reaps the child as soon as it ends, so that its id may become a
/// stranger's while descendants are left: each process is known by its start time as well, and signalled by a handle.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProcessTree : IProcessTree
{
    // One scan that finds nothing proves little: something may have been forking meanwhile.
    private const int QuietScansNeeded = 20;

    // Give up after this: what is left is stuck in the kernel or belongs to another user.
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<int>> _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProcessTreeWatch _watch;
    private ProcessKey? _rootKey;
    private ProcessHandle? _rootHandle;
    private volatile bool _isAbandoned;
    private volatile TreeTask _task;
    private long _killingSince;
    private int _quietScans;
    private volatile ProcessKey[] _roots;

    public ProcessTree(ProcessTreeWatch watch, CliWrapProcess root, ulong tag)
    {
        _watch = watch;
        Root = root;
        Tag = tag;
        IdentifyRoot();
        _roots = _rootKey is { } key ? [key] : [];
    }

    public CliWrapProcess Root { get; }

    /// <summary>When its root was started; zero when that is not known.</summary>
    public ulong Start => _rootKey?.Start ?? 0;

    public ulong Tag { get; }

    public TreeTask Task => _task;

    /// <summary>Nobody will end it: it is forgotten when its root has ended.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Whether the root has ended and the framework has reaped it.</summary>
    public bool HasRootEnded => Root.Exited.IsCompleted;

    /// <summary>Its running processes whose parents have ended, as of the last scan.</summary>
    public List<ProcessKey> Orphans { get; } = [];

    /// <summary>Whether the last scan reaped one of its orphans: it ran until a moment ago.</summary>
    public bool HasReapedOrphans { get; set; }

    public long? ReadMemory() => ProcFiles.Memory(ProcessScan.Running(_roots).Select(process => process.Pid));

    public Task TerminateAsync()
    {
        _task = TreeTask.Terminate;
        _watch.Wake();
        return _empty.Task;
    }

    public Task<IReadOnlyList<int>> KillAsync()
    {
        _killingSince = TimeProvider.System.GetTimestamp();
        _task = TreeTask.Kill;
        _watch.Wake();
        return _killed.Task;
    }

    public void Abandon()
    {
        _isAbandoned = true;
        // SIGCHLD comes before the framework has reaped the root.
        _ = Root.Exited.ContinueWith(_ => _watch.Wake(), TaskScheduler.Default);
    }

    public void BeginScan()
    {
        IdentifyRoot();
        Orphans.Clear();
        HasReapedOrphans = false;
    }

    /// <summary>Publishes what the scan has found to the threads that read the memory.</summary>
    public void EndScan() => _roots = _rootKey is { } root ? [root, .. Orphans] : [.. Orphans];

    /// <summary>One step of its task.</summary>
    /// <returns>Whether nothing is left of it.</returns>
    public bool Advance()
    {
        var running = ProcessScan.Running(_roots);
        if (_task is TreeTask.Kill)
            return AdvanceKill(running);
        // Exchanged, not set: meanwhile the time may have run out, and the kill been asked for.
        if (Interlocked.CompareExchange(ref _task, TreeTask.ReportEmpty, TreeTask.Terminate) is TreeTask.Terminate)
            Signal(Libc.SignalTerminate, running);
        if (!IsEmpty(running))
            return false;
        if (Interlocked.CompareExchange(ref _task, TreeTask.None, TreeTask.ReportEmpty) is TreeTask.ReportEmpty)
            _empty.TrySetResult();
        return false;
    }

    /// <summary>The watch no longer knows it.</summary>
    /// <param name="survivors">What could not be killed.</param>
    public void Close(IReadOnlyList<int> survivors)
    {
        _rootHandle?.Dispose();
        _killed.TrySetResult(survivors);
    }

    // At the start; later only if that was when this process had no descriptors left to read /proc.
    private void IdentifyRoot()
    {
        if (_rootKey is not null || HasRootEnded)
            return;
        // A process with another parent has got the id of a child that has been reaped.
        if (ProcFiles.Stat(Root.Id) is not { } stat || stat.Parent != Environment.ProcessId)
            return;
        _rootKey = stat.Key;
        _rootHandle = ProcessHandle.Open(stat.Key);
    }

    private bool IsEmpty(List<ProcessStat> running) => running.Count == 0 && !HasReapedOrphans && HasRootEnded;

    // The group at once, so that nothing in it can fork on meanwhile; then what has left it.
    private void Signal(int signal, List<ProcessStat> running)
    {
        var isGroupDone = _rootHandle?.TrySignalGroup(signal) is true || ProcessGroup.TrySignal(Root.Id, running, signal);
        foreach (var process in running.Where(process => !isGroupDone || process.Group != Root.Id))
            ProcessHandle.Signal(process.Key, signal);
    }

    private bool AdvanceKill(List<ProcessStat> running)
    {
        Signal(Libc.SignalKill, running);
        _quietScans = IsEmpty(running) ? _quietScans + 1 : 0;
        if (_quietScans >= QuietScansNeeded)
            return true;
        if (TimeProvider.System.GetElapsedTime(_killingSince) < KillTimeout)
            return false;
        _task = TreeTask.None;
        _isAbandoned = true;
        _killed.TrySetResult([.. running.Select(process => process.Pid)]);
        return false;
    }
}
