using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Starts children and watches their process trees, on a thread of its own. A program has only one: the kernel makes the orphans
/// of all children the children of the whole process, and the tag is a limit of the whole process.
/// </summary>
[SupportedOSPlatform("linux")]
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the program.")]
internal sealed class ProcessTreeWatch
{
    // SIGCHLD tells when a child has ended. This is for a signal that gets lost.
    private static readonly TimeSpan IdleScanInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TerminateScanInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan KillScanInterval = TimeSpan.FromMilliseconds(1);

    // A tree that forks endlessly is caught by scanning faster than it forks. Bounded, to leave the processor to others.
    private const int ScansWithoutPause = 200;

    private static readonly Lazy<ProcessTreeWatch> TheOne = new(() => new ProcessTreeWatch());

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, ProcessTree> _trees = [];
    private readonly ChildTags _tags = ChildTags.Create();
    private readonly OrphanAssignment _orphans;
    private readonly AutoResetEvent _wake = new(false);
    private readonly PosixSignalRegistration _childSignal;
    private int _restlessScans;

    private ProcessTreeWatch()
    {
        _orphans = new OrphanAssignment(_tags);
        // From here on, a process below this one that loses its parent becomes a child of this one (PR_SET_CHILD_SUBREAPER).
        _ = Libc.Control(Libc.SetChildSubreaper, 1);
        Inheritance.ReplaceIgnoredSignals();
        _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Wake());
        new Thread(Run) { IsBackground = true, Name = "Child processes" }.Start();
    }

    public static ProcessTreeWatch Shared => TheOne.Value;

    /// <exception cref="ChildLaunchException">The program could not be started.</exception>
    public ProcessTree Start(LaunchSpec spec)
    {
        // A scan waits for the lock, so a child that ends at once is in the table before its end is examined.
        lock (_lock)
        {
            ulong tag;
            do
                tag = _tags.Next();
            while (_trees.ContainsKey(tag));
            // Each time, because native libraries may have opened descriptors since the last start.
            Inheritance.CloseDescriptorsOnExec();
            var tree = new ProcessTree(this, _tags.Start(spec, tag), tag);
            _trees.Add(tag, tree);
            return tree;
        }
    }

    /// <summary>Starts the next scan at once: a tree has a new task, or a child has ended.</summary>
    public void Wake() => _wake.Set();

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne(Pause());
            Scan();
        }
    }

    private TimeSpan Pause()
    {
        TreeTask[] tasks;
        lock (_lock)
            tasks = [.. _trees.Values.Select(tree => tree.Task).Distinct()];
        if (tasks.Contains(TreeTask.Kill))
            return _restlessScans is > 0 and < ScansWithoutPause ? TimeSpan.Zero : KillScanInterval;
        return tasks.Contains(TreeTask.ReportEmpty) ? TerminateScanInterval : IdleScanInterval;
    }

    private void Scan()
    {
        // In this order: a child that is being started while the list is read is in the table when the lock is free.
        var adopted = ProcFiles.Adopted();
        ProcessTree[] trees;
        lock (_lock)
            trees = [.. _trees.Values];

        foreach (var tree in trees)
            tree.BeginScan();
        _orphans.Assign(adopted, trees);
        foreach (var tree in trees)
        {
            tree.EndScan();
            Advance(tree);
        }

        var isRestless = trees.Any(tree => tree.Task is TreeTask.Kill && tree is not { Orphans: [], HasReapedOrphans: false });
        _restlessScans = isRestless ? _restlessScans + 1 : 0;
    }

    private void Advance(ProcessTree tree)
    {
        if (tree.Task is not TreeTask.None && tree.Advance())
        {
            Forget(tree);
        }
        else if (tree is { Task: TreeTask.None, IsAbandoned: true, HasRootEnded: true })
        {
            Forget(tree);
            Wake(); // what it has left behind belongs to no tree now: the next scan kills it
        }
    }

    private void Forget(ProcessTree tree)
    {
        lock (_lock)
            _trees.Remove(tree.Tag);
        tree.Close([]);
    }
}
