using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Sessions;

internal sealed partial class Session
{
    // What is in flight when an SSE stream closes can still do its work; its answers have nowhere to go.
    private static readonly TimeSpan EndSoonPatience = TimeSpan.FromSeconds(60);

    private static readonly JsonRpcError Ended = new(JsonRpcErrorCode.InternalError, "The session was ended.");

    private long _activeAt;
    private long _endsAt;
    private bool _ticking;
    private Task? _ending;

    internal bool IsEnded => Volatile.Read(ref _ending) is not null;

    // It takes no more requests, and ends when those in flight have been answered.
    private bool IsEnding => Volatile.Read(ref _endsAt) != 0 || Server.IsRetired;

    /// <summary>Ends the session: its calls are answered, its stream is closed, its child is stopped.</summary>
    /// <returns>Completes when the child is gone; the same task for every caller.</returns>
    public Task EndAsync() => EndAsync(Ended);

    /// <summary>The child is gone, and no other can take its place.</summary>
    internal void OnChildLost(JsonRpcError error) => _ = EndAsync(error);

    /// <summary>Ends the session as soon as nothing is in flight, and after a minute at the latest.</summary>
    public void EndSoon()
    {
        EndAfterCalls();
        if (Calls.Count == 0)
            _ = EndAsync();
    }

    private void EndAfterCalls() =>
        Interlocked.CompareExchange(ref _endsAt, _context.Time.GetTimestamp() + Ticks(EndSoonPatience), 0);

    /// <summary>Begins a use of an implicit session, so that it does not end for idleness in the same moment.</summary>
    internal bool TryUse()
    {
        lock (_lock)
        {
            if (_ending is not null || IsEnding)
                return false;
            Touch();
            return true;
        }
    }

    internal bool HasCallsInFlight => Calls.Count > 0;

    /// <summary>The monitor's visit: time-outs, keep-alives, what was held for too long, the session's own end.</summary>
    internal async Task TickAsync(long now)
    {
        // A visit that waits for a slow stream must not meet the next one.
        if (Interlocked.Exchange(ref _ticking, true))
            return;
        try
        {
            await EndOverdueAsync(now);
            _backend.Tick(now);
            Stream?.Tick(now);
            while (_held.TryTakeExpired(now, out var expired))
                GiveUp(expired);
            if (IsOver(now))
                await EndAsync(Ended, () => IsOver(now));
        }
        finally
        {
            Volatile.Write(ref _ticking, false);
        }
    }

    /// <summary>The stream on which the most bytes wait for the client.</summary>
    internal ResponseStream? Slowest() =>
        Calls.Snapshot().Select(call => call.Replies).Append(Stream).OfType<ResponseStream>()
            .MaxBy(stream => stream.QueuedBytes);

    // Each answer may wait for a client that does not read.
    private async Task EndOverdueAsync(long now)
    {
        List<Task>? failing = null;
        foreach (var call in Calls.Snapshot())
        {
            call.Replies.Tick(now);
            if (Overdue(call, now) is not { } reason)
                continue;
            var error = ServerFailure.ToError(Server.Name, $"did not answer {call.Method}: {reason}");
            (failing ??= []).Add(call.WithdrawAsync(CallOutcome.TimedOut, reason, error).AsTask());
        }

        if (failing is not null)
            await Task.WhenAll(failing);
    }

    private string? Overdue(ClientCall call, long now) => CallTimeouts.Overdue(
        Server.Config, startsChild: call.IsInitialize,
        inFlight: _context.Time.GetElapsedTime(call.StartedAt, now),
        silent: _context.Time.GetElapsedTime(call.ActiveAt, now),
        waitsForClient: call.WaitsForClient || _backend.AwaitsClient)?.Reason;

    private bool IsOver(long now)
    {
        if (Calls.Count > 0)
        {
            Touch(); // a session is idle from its last answer on
            return Volatile.Read(ref _endsAt) is var end and not 0 && now >= end;
        }

        if (IsEnding)
            return true;
        return Stream is null && _context.Time.GetElapsedTime(Volatile.Read(ref _activeAt), now) >= Server.Config.IdleTimeout;
    }

    private Task EndAsync(JsonRpcError error, Func<bool>? onlyIf = null)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return _ending;
            if (onlyIf?.Invoke() is false)
                return Task.CompletedTask;
            _ending = Task.Run(() => EndCoreAsync(error));
        }

        _onEnded(this, _ending);
        return _ending;
    }

    private async Task EndCoreAsync(JsonRpcError error)
    {
        try
        {
            await Task.WhenAll(Calls.Snapshot().Select(
                call => call.WithdrawAsync(CallOutcome.Cancelled, "the session has ended", error).AsTask()));
            await _backend.EndAsync();
        }
        finally
        {
            // Also when the child cannot be stopped: nobody visits the session any more, and its client would wait for ever.
            lock (_lock)
                _general?.EndAfterAnswers();
            _held.Close();
        }
    }

    private void Touch() => Volatile.Write(ref _activeAt, _context.Time.GetTimestamp());

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _context.Time.TimestampFrequency);
}
