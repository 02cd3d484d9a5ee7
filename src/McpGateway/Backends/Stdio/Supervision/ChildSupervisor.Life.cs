using System.Globalization;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>From one child to the next: losses, sleep, the end.</summary>
internal sealed partial class ChildSupervisor
{
    // A child that lives longer than this is no crash loop.
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenWeighings = TimeSpan.FromSeconds(1);

    private const long Mebibyte = 1024 * 1024;

    private readonly ChildManager _places;
    private readonly Backoff _losses;
    private ProcessSlot? _place;
    private Task _retiring = Task.CompletedTask;
    private int _senders;
    private long _usedAt;
    private long _weighedAt;

    public ServerState Server => _server;

    /// <summary>Whether one of the server's places for a process is taken for it.</summary>
    public bool HoldsPlace
    {
        get
        {
            lock (_lock)
                return _place is not null || _current is not null;
        }
    }

    /// <summary>Whether one child after the other was lost early, and none has lived long enough since.</summary>
    public bool IsFailing => _losses.Failures > 1;

    /// <summary>When a message last went over it, as a timestamp of the context's clock.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>The client's own handshake is over.</summary>
    /// <param name="result">The child's initialize result, as JSON.</param>
    public void Confirm(byte[] result)
    {
        InitializeResult ??= result;
        Volatile.Read(ref _current)?.Slot?.Dispose();
        _server.Starts.Succeeded();
    }

    /// <summary>The monitor's visit.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    public void Tick(long now)
    {
        if (Child is { IsBusy: true })
            Volatile.Write(ref _usedAt, now); // it is idle from its last answer on
        else if (_server.Config.HibernateAfter is { } limit && _context.Time.GetElapsedTime(UsedAt, now) >= limit)
            TryHibernate();
        if (IsFailing && Volatile.Read(ref _current) is { IsReady: true } current && current.Lived(now) >= ShortLife)
            _losses.Succeeded();
        if (_server.Config.MaxMemory is { } memory && Child is { IsLost: false } child)
            CheckMemory(child, memory, now);
    }

    /// <summary>Stops a child that nobody waits for; the next message starts another.</summary>
    /// <returns>Completes when its process is gone; null when it may not be stopped.</returns>
    public Task? TryHibernate()
    {
        lock (_lock)
        {
            if (_closed || _server.Config.OnExit is OnExit.Terminate || InitializeResult is null || Volatile.Read(ref _senders) > 0
                || _current is not { IsReady: true, Child: { IsBusy: false } child }
                || _tasks.Any(_server.Config.RequestMaximum))
            {
                return null;
            }

            _current = null;
            Log.Hibernated(_log, _server.Name);
            return _retiring = Task.WhenAll(_retiring, PutToSleepAsync(child));
        }
    }

    /// <summary>Stops the child, whether it runs, is being started or never was.</summary>
    public async Task CloseAsync()
    {
        ChildRun? last;
        lock (_lock)
        {
            _closed = true;
            last = _current;
            if (last?.Child is { } child)
                Retire(child);
        }

        _places.Remove(this);
        if (last is { Child: null })
            await ((Task)last.Ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it stops what it has started
        if (Interlocked.Exchange(ref _place, null) is not null)
            _server.ReleaseProcess();
        await _retiring;
    }

    /// <summary>It is in use: idle is counted from here.</summary>
    public void Touch() => Volatile.Write(ref _usedAt, _context.Time.GetTimestamp());

    private async Task TakePlaceAsync()
    {
        await _retiring; // the child before this one may still have the place
        var failing = _server.Starts.RetryAfter > _losses.RetryAfter ? _server.Starts : _losses;
        if (failing.RetryAfter is var wait && wait > TimeSpan.Zero)
            throw new ChildStartException(new ChildFailure(
                _server.Name, $"has failed {failing.Failures} times and is not started again yet; the last time: {failing.LastFailure?.TrimEnd('.')}",
                null, [], wait).ToError());
        var place = Interlocked.Exchange(ref _place, null) ?? _places.TryReserve(_server);
        if (place is null)
            throw new ChildStartException(Refusal.TooManyProcesses(_server.Name).Error);
        await place.Vacated.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // To read the memory of a tree takes tens of microseconds, which is much for each visit.
    private void CheckMemory(ChildConnection child, long limit, long now)
    {
        if (_context.Time.GetElapsedTime(_weighedAt, now) < BetweenWeighings)
            return;
        _weighedAt = now;
        if (child.ReadMemory() is { } memory && memory > limit)
            child.Kill(string.Create(CultureInfo.InvariantCulture,
                $"was stopped: it took {memory / Mebibyte} MiB of memory, over its limit of {limit / Mebibyte} (maxMemoryMiB)"));
    }

    // What is started next waits for this.
    private void AwaitEndOf(ChildRun lost)
    {
        lock (_lock)
        {
            if (_current == lost)
                _current = null;
            _tasks.Clear();
            _closed |= _server.Config.OnExit is OnExit.Terminate; // what still waits is not to start another
            _retiring = Task.WhenAll(_retiring, lost.Gone);
        }
    }

    private TimeSpan NextTry(string reason, TimeSpan lived)
    {
        if (InitializeResult is null)
            return Note(_server.Starts, reason);
        if (lived >= ShortLife)
            _losses.Succeeded();
        return Note(_losses, reason);
    }

    private TimeSpan Note(Backoff backoff, string reason)
    {
        var wasWaiting = backoff.RetryAfter > TimeSpan.Zero;
        var wait = backoff.Failed(reason);
        if (wait > TimeSpan.Zero && !wasWaiting)
            Log.Waits(_log, _server.Name, backoff.Failures, wait.TotalSeconds);
        return wait;
    }

    // Under the lock.
    private Task Retire(ChildConnection child)
    {
        var stopping = StopAsync(child);
        _retiring = Task.WhenAll(_retiring, stopping);
        return stopping;
    }

    private async Task PutToSleepAsync(ChildConnection child)
    {
        await StopAsync(child);
        _owner.OnAsleep();
    }

    private async Task StopAsync(ChildConnection child)
    {
        try
        {
            await child.DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.StopFailed(_log, exception, _server.Name);
        }
    }
}
