using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

public sealed partial class Session
{
    // What is in flight when an SSE stream closes can still do its work; its answers have nowhere to go.
    private static readonly TimeSpan EndSoonPatience = TimeSpan.FromSeconds(60);

    private static readonly JsonRpcError Ended = new(JsonRpcErrorCode.InternalError, "The session was ended.");

    private long _activeAt;
    private long _endsAt;
    private bool _ticking;
    private Task? _ending;

    private bool IsEnded => Volatile.Read(ref _ending) is not null;

    // It takes no more requests, and ends when those in flight have been answered.
    private bool IsEnding => Volatile.Read(ref _endsAt) != 0 || Server.IsRetired;

    /// <summary>Ends the session: its calls are answered, its stream is closed, its child is stopped.</summary>
    /// <returns>Completes when the child is gone; the same task for every caller.</returns>
    public Task EndAsync() => EndAsync(Ended);

    void Servers.IChildListener.OnLost(JsonRpcError error) => _ = EndAsync(error);

    /// <summary>Ends the session as soon as nothing is in flight, and after a minute at the latest.</summary>
    public void EndSoon()
    {
        EndAfterCalls();
        if (_relay.Calls.Count == 0)
            _ = EndAsync();
    }

    private void EndAfterCalls() =>
        Interlocked.CompareExchange(ref _endsAt, _context.Time.GetTimestamp() + Ticks(EndSoonPatience), 0);

    internal bool HasCallsInFlight => _relay.Calls.Count > 0;

    /// <summary>The monitor's visit: time-outs, keep-alives, what was held for too long, the session's own end.</summary>
    internal async Task TickAsync(long now)
    {
        // A visit that waits for a slow stream must not meet the next one.
        if (Interlocked.Exchange(ref _ticking, true))
            return;
        try
        {
            await _relay.TickAsync(now, _asked.AnyWithoutCall);
            Stream?.Tick(now);
            while (_held.TryTakeExpired(now, out var expired))
                GiveUp(expired);
            if (IsOver(now))
                await EndAsync();
        }
        finally
        {
            Volatile.Write(ref _ticking, false);
        }
    }

    /// <summary>The stream on which the most bytes wait for the client.</summary>
    internal MessageStream? Slowest() =>
        _relay.Calls.Snapshot().Select(call => call.Replies).Append(Stream).OfType<MessageStream>()
            .MaxBy(stream => stream.QueuedBytes);

    private bool IsOver(long now)
    {
        if (_relay.Calls.Count > 0)
        {
            Touch(); // a session is idle from its last answer on
            return Volatile.Read(ref _endsAt) is var end and not 0 && now >= end;
        }

        if (IsEnding)
            return true;
        return Stream is null && _context.Time.GetElapsedTime(Volatile.Read(ref _activeAt), now) >= Server.Config.IdleTimeout;
    }

    private Task EndAsync(JsonRpcError error)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return _ending;
            _ending = Task.Run(() => EndCoreAsync(error));
        }

        _onEnded(this, _ending);
        return _ending;
    }

    private async Task EndCoreAsync(JsonRpcError error)
    {
        try
        {
            await _relay.EndAsync(error);
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
