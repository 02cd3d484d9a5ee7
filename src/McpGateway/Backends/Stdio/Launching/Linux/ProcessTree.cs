using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A child and all its descendants. The framework reaps the child as soon as it ends, so another process may get its id while
/// descendants are left. That is why each process is also identified by its start time, and signalled through a handle.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProcessTree : IProcessTree
{
    // One scan that finds nothing proves little, because a process may fork while it is scanned.
    private const int QuietScansNeeded = 20;

    // What is still left then is stuck in the kernel, or belongs to another user.
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
    private volatile ProcessKey[] _roots; // replaced as a whole: ReadMemory runs on other threads

    public ProcessTree(ProcessTreeWatch watch, CliWrapProcess root, ulong tag)
    {
        _watch = watch;
        Root = root;
        Tag = tag;
        IdentifyRoot();
        _roots = _rootKey is { } key ? [key] : [];
    }

    public CliWrapProcess Root { get; }

    /// <summary>When its root was started; zero when that is unknown.</summary>
    public ulong Start => _rootKey?.Start ?? 0;

    public ulong Tag { get; }

    public TreeTask Task => _task;

    /// <summary>Nobody will stop it: the watch forgets it when its root has ended.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Whether the root has ended and the framework has reaped it.</summary>
    public bool HasRootEnded => Root.Exited.IsCompleted;

    /// <summary>Its running processes whose parents have ended, as of the last scan.</summary>
    public List<ProcessKey> Orphans { get; } = [];

    /// <summary>Whether the last scan reaped one of its orphans: it was running until then.</summary>
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
        _killingSince = TimeProvider.System.GetTimestamp(); // before the task, with which the watch starts to read it
        _task = TreeTask.Kill;
        _watch.Wake();
        return _killed.Task;
    }

    public void Abandon()
    {
        _isAbandoned = true;
        // The watch is woken by SIGCHLD, but perhaps before the framework has reaped the root.
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
        // Exchanged and not set, because the task may have become Kill since it was read above.
        if (Interlocked.CompareExchange(ref _task, TreeTask.ReportEmpty, TreeTask.Terminate) is TreeTask.Terminate)
            Signal(Libc.SignalTerminate, running);
        if (!IsEmpty(running))
            return false;
        if (Interlocked.CompareExchange(ref _task, TreeTask.None, TreeTask.ReportEmpty) is TreeTask.ReportEmpty)
            _empty.TrySetResult();
        return false;
    }

    /// <summary>The watch has forgotten the tree.</summary>
    /// <param name="survivors">What could not be killed.</param>
    public void Close(IReadOnlyList<int> survivors)
    {
        _rootHandle?.Dispose();
        _killed.TrySetResult(survivors);
    }

    // Done at the start. It is repeated only if this process had no descriptors left then to read /proc.
    private void IdentifyRoot()
    {
        if (_rootKey is not null || HasRootEnded)
            return;
        // A process with another parent has the id of a child that was reaped.
        if (ProcFiles.Stat(Root.Id) is not { } stat || stat.Parent != Environment.ProcessId)
            return;
        _rootKey = stat.Key;
        _rootHandle = ProcessHandle.Open(stat.Key);
    }

    private bool IsEmpty(List<ProcessStat> running) => running.Count == 0 && !HasReapedOrphans && HasRootEnded;

    // First the group as a whole: one by one, its members could go on forking. Then what has left the group.
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
        // The tree stays known until its root has ended, but nobody waits for it any more.
        _task = TreeTask.None;
        _isAbandoned = true;
        _killed.TrySetResult([.. running.Select(process => process.Pid)]);
        return false;
    }
}
