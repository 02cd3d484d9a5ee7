namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A child and all that descends from it. The child is the leader of a session and of a process group of its own; it is not
/// reaped before its family has been ended, so that its id, and with it the group's, cannot become a stranger's.
/// </summary>
internal sealed class Family(int leader, ulong tag)
{
    // To see nothing once proves little: something may have been forking while we looked.
    private const int QuietLooksNeeded = 20;

    // Then what is left cannot be killed: it waits in the kernel, or belongs to another user.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<ChildExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<int>> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAbandoned;
    private volatile FamilyTask _task;
    private volatile bool _isPinned = true;
    private long _killingSince;
    private int _quietLooks;
    private volatile int[] _roots = [leader];

    public int Leader => leader;

    public ulong Tag => tag;

    public Task<ChildExit> LeaderExit => _exit.Task;

    public FamilyTask Task => _task;

    /// <summary>Nobody will end it: it is forgotten when its leader has ended.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>The family's orphans that the last look found alive.</summary>
    public List<int> Orphans { get; } = [];

    /// <summary>Whether the last look reaped one of its orphans: it was alive a moment ago.</summary>
    public bool HasLostOrphans { get; set; }

    /// <summary>Whom all of it descends from, as the last look found them; for other threads than the watch's.</summary>
    public IReadOnlyList<int> Roots() => _roots;

    /// <summary>The orphans of this look are all there are.</summary>
    public void Publish() => _roots = _isPinned ? [leader, .. Orphans] : [.. Orphans];

    public void Abandon() => _isAbandoned = true;

    /// <summary>Has the watch ask all of it to end, and say when nothing of it is left alive.</summary>
    public Task Ask()
    {
        _task = FamilyTask.Ask;
        return _empty.Task;
    }

    /// <summary>Has the watch kill all of it.</summary>
    /// <returns>What could not be killed; usually none.</returns>
    public Task<IReadOnlyList<int>> Kill()
    {
        _killingSince = TimeProvider.System.GetTimestamp();
        _task = FamilyTask.Kill;
        return _ended.Task;
    }

    /// <summary>Looks whether the leader has ended.</summary>
    public void LookAtLeader()
    {
        if (_exit.Task.IsCompleted)
            return;
        var look = ChildWait.Look(leader);
        if (look.State is WaitState.Running)
            return;
        _isPinned = look.State is WaitState.Ended;
        _exit.TrySetResult(look.Exit);
    }

    /// <summary>One step of its task.</summary>
    /// <returns>Whether the family is done with, and its leader to be reaped.</returns>
    public bool Advance()
    {
        var living = FamilyTree.Living(_roots);
        if (_task is FamilyTask.Kill)
            return AdvanceKilling(living);
        // Exchanged, not set: meanwhile somebody may have lost patience.
        if (Interlocked.CompareExchange(ref _task, FamilyTask.ReportEmpty, FamilyTask.Ask) is FamilyTask.Ask)
            Signal(Libc.SignalTerminate, living);
        if (IsEmpty(living) && Interlocked.CompareExchange(ref _task, FamilyTask.None, FamilyTask.ReportEmpty) is FamilyTask.ReportEmpty)
            _empty.TrySetResult();
        return false;
    }

    /// <summary>Says that it has been ended.</summary>
    public void ReportEnded(IReadOnlyList<int> survivors) => _ended.TrySetResult(survivors);

    private bool IsEmpty(List<int> living) => living.Count == 0 && !HasLostOrphans && _exit.Task.IsCompleted;

    // The group in one go, so that nothing escapes in between; then who has left it.
    private void Signal(int signal, List<int> living)
    {
        if (_isPinned)
            _ = Libc.Kill(-leader, signal);
        foreach (var pid in living.Where(pid => ProcFiles.Stat(pid) is { } stat && !(_isPinned && stat.Group == leader)))
            _ = Libc.Kill(pid, signal);
    }

    private bool AdvanceKilling(List<int> living)
    {
        Signal(Libc.SignalKill, living);
        _quietLooks = IsEmpty(living) ? _quietLooks + 1 : 0;
        if (_quietLooks >= QuietLooksNeeded)
            return true;
        if (TimeProvider.System.GetElapsedTime(_killingSince) < Patience)
            return false;
        _task = FamilyTask.None;
        _isAbandoned = true;
        ReportEnded(living);
        return false;
    }
}

/// <summary>What the watch is to do with a family.</summary>
internal enum FamilyTask
{
    None,
    Ask,
    ReportEmpty,
    Kill,
}
