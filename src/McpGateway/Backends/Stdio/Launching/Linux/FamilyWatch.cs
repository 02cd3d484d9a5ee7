using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Starts children and watches over all their descendants, on a thread of its own. There is one in a program: the kernel
/// gives the orphans of all children to the whole process, and the tag is a limit of the whole process.
/// </summary>
[SupportedOSPlatform("linux")]
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the program.")]
internal sealed partial class FamilyWatch
{
    // The kernel says when a child has ended; this is for the case that its signal is lost.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RestWithoutSignal = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WhileEnding = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WhileKilling = TimeSpan.FromMilliseconds(1);

    // What forks for ever is caught by looking faster than it forks.
    private const int LooksWithoutRest = 200;

    private static readonly Lazy<FamilyWatch> TheOne = new(() => new FamilyWatch());

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Family> _families = [];
    private readonly ChildTags _tags = ChildTags.Create();
    private readonly AutoResetEvent _wake = new(false);
    private readonly PosixSignalRegistration? _childSignal;
    private readonly TimeSpan _rest;
    private int _restlessLooks;

    private FamilyWatch()
    {
        // From here on whatever loses its parent below this process becomes its child.
        _ = Libc.Control(Libc.SetChildSubreaper, 1);
        // As the first process of a container, a handler would make the runtime reap every child before it is looked at.
        if (Environment.ProcessId != 1)
            _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => _wake.Set());
        _rest = _childSignal is null ? RestWithoutSignal : Rest;
        new Thread(Run) { IsBackground = true, Name = "Child processes" }.Start();
    }

    public static FamilyWatch Shared => TheOne.Value;

    /// <exception cref="ChildLaunchException">The program could not be started.</exception>
    public Family Start(SpawnOrder order)
    {
        // A look waits for the lock: one that ends at once is in the table by the time that its end is looked at.
        lock (_lock)
        {
            ulong tag;
            do
                tag = _tags.Next();
            while (_families.Values.Any(other => other.Tag == tag));
            var family = new Family(_tags.Spawn(order, tag), tag);
            _families.Add(family.Leader, family);
            return family;
        }
    }

    /// <summary>Asks all of the family to end; completes when nothing of it lives.</summary>
    public Task AskAsync(Family family)
    {
        var empty = family.Ask();
        _wake.Set();
        return empty;
    }

    /// <summary>Kills what is left of the family, then reaps its leader.</summary>
    /// <returns>What could not be killed in a bounded time; usually none.</returns>
    public Task<IReadOnlyList<int>> EndAsync(Family family)
    {
        var ended = family.Kill();
        _wake.Set();
        return ended;
    }

    /// <summary>Nobody will end the family: its leader is reaped when it ends, and then what is left of it is killed.</summary>
    public void Abandon(Family family)
    {
        family.Abandon();
        _wake.Set();
    }

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne(Pause());
            Look();
        }
    }

    private TimeSpan Pause()
    {
        FamilyTask[] tasks;
        lock (_lock)
            tasks = [.. _families.Values.Select(family => family.Task).Distinct()];
        if (tasks.Contains(FamilyTask.Kill))
            return _restlessLooks is > 0 and < LooksWithoutRest ? TimeSpan.Zero : WhileKilling;
        return tasks.Contains(FamilyTask.ReportEmpty) ? WhileEnding : _rest;
    }
}
