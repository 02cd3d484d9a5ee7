using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>When a session ends, and its end: idle, by its client's wish, with its stream, with its server.</summary>
internal sealed class SessionLifetime
{
    // When an SSE stream closes, its calls may still finish what they do (a file, a payment), though nobody gets the answers.
    private static readonly TimeSpan EndSoonTimeout = TimeSpan.FromSeconds(60);

    private static readonly JsonRpcError Ended = new(JsonRpcErrorCode.InternalError, "The session was ended.");

    private readonly Session _session;
    private readonly SessionStreams _streams;
    private readonly SessionContext _context;
    private readonly SessionTimeouts _timeouts;
    private readonly Action<Session, Task> _onEnded;
    private readonly Lock _lock = new();
    private long _activeAt;
    private long _endsAt;
    private bool _ticking;
    private Task? _ending;

    /// <param name="session">Whose lifetime it is.</param>
    /// <param name="streams">End with it.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="onEnded">Told once, with what completes when nothing of the session runs any more.</param>
    public SessionLifetime(Session session, SessionStreams streams, SessionContext context, Action<Session, Task> onEnded)
    {
        _session = session;
        _streams = streams;
        _context = context;
        _timeouts = new SessionTimeouts(session, context.Time);
        _onEnded = onEnded;
        Touch();
    }

    public bool IsEnded => Volatile.Read(ref _ending) is not null;

    /// <summary>Whether it takes no more requests, and ends when those in flight have been answered.</summary>
    public bool IsEnding => Volatile.Read(ref _endsAt) != 0 || _session.Server.IsRetired;

    /// <summary>It is in use: idle is counted from here.</summary>
    public void Touch() => Volatile.Write(ref _activeAt, _context.Time.GetTimestamp());

    /// <summary>Begins a use of an implicit session, so that it does not end for idleness at the same time.</summary>
    public bool TryUse()
    {
        lock (_lock)
        {
            if (_ending is not null || IsEnding)
                return false;
            Touch();
            return true;
        }
    }

    /// <summary>How long nobody has used it; null while it is in use.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    public TimeSpan? IdleTime(long now) =>
        IsEnded || IsEnding || _session.HasCallsInFlight || _streams.Current is not null
            ? null : _context.Time.GetElapsedTime(Volatile.Read(ref _activeAt), now);

    /// <summary>Ends it, unless it has been used again.</summary>
    public void EndUnused(TimeSpan idle) =>
        _ = EndAsync(Ended, () => IdleTime(_context.Time.GetTimestamp()) >= idle); // the manager awaits it

    /// <summary>The client has closed its stream for what belongs to no call.</summary>
    public void OnStreamClosed()
    {
        Touch();
        if (_session.Kind is SessionKind.Sse)
            EndSoon();
    }

    /// <summary>Ends the session: its calls are answered, its stream is closed, its server process is stopped.</summary>
    /// <returns>Completes when the process is gone; the same task for every caller.</returns>
    public Task EndAsync() => EndAsync(Ended);

    /// <inheritdoc cref="EndAsync()"/>
    /// <param name="error">What its calls are answered with.</param>
    public Task EndAsync(JsonRpcError error) => EndAsync(error, null);

    /// <summary>Ends the session as soon as nothing is in flight, and after a minute at the latest.</summary>
    public void EndSoon()
    {
        EndAfterCalls();
        if (!_session.HasCallsInFlight)
            _ = EndAsync(); // the manager awaits it
    }

    /// <summary>Takes no more requests; the monitor ends the session when nothing is in flight.</summary>
    // Exchanged only for zero: being told again must not give the calls another minute.
    public void EndAfterCalls() => Interlocked.CompareExchange(
        ref _endsAt, _context.Time.GetTimestamp() + (long)(EndSoonTimeout.TotalSeconds * _context.Time.TimestampFrequency), 0);

    /// <summary>The monitor's visit: time-outs, keep-alives, what was held for too long, the session's own end.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    public async Task TickAsync(long now)
    {
        // A visit that waits for a slow stream must not overlap with the next one.
        if (Interlocked.Exchange(ref _ticking, true))
            return;
        try
        {
            await _timeouts.EndOverdueAsync(now);
            _session.Backend.Tick(now);
            _streams.Tick(now);
            if (IsOver(now))
                await EndAsync(Ended, () => IsOver(now));
        }
        finally
        {
            Volatile.Write(ref _ticking, false);
        }
    }

    private bool IsOver(long now)
    {
        if (_session.HasCallsInFlight)
        {
            Touch(); // a session is idle from its last answer on
            // A retired server sets no deadline: calls have their own time-outs. A session that was told to end has one.
            return Volatile.Read(ref _endsAt) is var end and not 0 && now >= end;
        }

        if (IsEnding)
            return true;
        // An open stream means a client, however silent: it fails at a keep-alive when its client is gone.
        return _streams.Current is null
            && _context.Time.GetElapsedTime(Volatile.Read(ref _activeAt), now) >= _session.Server.Config.IdleTimeout;
    }

    private Task EndAsync(JsonRpcError error, Func<bool>? onlyIf)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return _ending;
            // Checked under the lock that TryUse takes: a session that has just been used does not end for idleness.
            if (onlyIf?.Invoke() is false)
                return Task.CompletedTask;
            // Not run here: it writes to streams, and nothing is written under a lock.
            _ending = Task.Run(() => EndCoreAsync(error));
        }

        // Outside the lock: the manager takes its own here, and holds that when it calls TryUse.
        _onEnded(_session, _ending);
        return _ending;
    }

    private async Task EndCoreAsync(JsonRpcError error)
    {
        try
        {
            // Calls before the process: their clients get the reason, and not that of a child that went away.
            await Task.WhenAll(_session.Calls.Snapshot().Select(
                call => call.WithdrawAsync(CallOutcome.Cancelled, "the session has ended", error).AsTask()));
            await _session.Backend.EndAsync();
        }
        finally
        {
            // Also when the process cannot be stopped: nobody visits the session any more, and its client would wait for ever.
            _streams.End();
        }
    }
}
