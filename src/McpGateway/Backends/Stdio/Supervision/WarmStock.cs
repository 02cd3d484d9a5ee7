namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>One server's warm children: those that are ready, and the number of those being started.</summary>
internal sealed class WarmStock
{
    private readonly Lock _lock = new();
    private readonly LinkedList<WarmChild> _ready = new();
    private int _starting;

    public int Count
    {
        get
        {
            lock (_lock)
                return _ready.Count;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _ready.Count == 0 && _starting == 0;
        }
    }

    /// <summary>Counts a start, unless there are as many children as wanted. <see cref="EndStart"/> must follow.</summary>
    public bool TryBeginStart(int wanted)
    {
        lock (_lock)
        {
            if (_ready.Count + _starting >= wanted) // with those being started, or each visit would start more
                return false;
            _starting++;
            return true;
        }
    }

    /// <param name="child">Null when the start failed.</param>
    public void EndStart(WarmChild? child)
    {
        lock (_lock)
        {
            _starting--;
            if (child is not null)
                _ready.AddLast(child);
        }
    }

    /// <summary>Takes the oldest that is still running. One that has ended is removed by WarmChildren.AddAsync.</summary>
    public WarmChild? TryTake()
    {
        lock (_lock)
        {
            var first = _ready.FirstOrDefault(child => !child.Process.Exited.IsCompleted);
            if (first is not null)
                _ready.Remove(first);
            return first;
        }
    }

    /// <summary>Takes one that is too many.</summary>
    public WarmChild? TakeSurplus(int wanted)
    {
        lock (_lock)
        {
            if (_ready.Count <= wanted || _ready.Last is not { } last)
                return null;
            _ready.Remove(last);
            return last.Value;
        }
    }

    /// <returns>False when somebody else has taken it.</returns>
    public bool TryRemove(WarmChild child)
    {
        lock (_lock)
            return _ready.Remove(child);
    }

    public WarmChild[] TakeAll()
    {
        lock (_lock)
        {
            WarmChild[] all = [.. _ready];
            _ready.Clear();
            return all;
        }
    }
}
