using McpGateway.Diagnostics;
using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>
/// The calls to one server process and its successors: calls are recorded and end here, and nowhere else. Sessions
/// find theirs in <see cref="SessionCalls"/>, connections in <see cref="ConnectionCalls"/>; all of it is under one lock, which
/// is never held while anything is written or anybody is told.
/// </summary>
/// <param name="server">The server's name.</param>
/// <param name="isShared">Whether several sessions use the process.</param>
internal sealed class CallRegistry(string server, bool isShared, TimeProvider time, GatewayMetrics metrics)
{
    // Servers need not answer what was cancelled (MCP, "Cancellation"), so what is remembered of it is bounded.
    private const int MaxUnanswered = 4096;

    private readonly HashSet<SessionCalls> _inFlight = [];
    private readonly Queue<(PendingCall Call, long Since)> _unanswered = new();

    // The sessions some of whose unanswered calls are no longer remembered.
    private readonly HashSet<SessionCalls> _crowded = [];

    /// <summary>Guards the states of all calls and the tables in which they are found.</summary>
    internal Lock Lock { get; } = new();

    /// <summary>
    /// Whether several sessions use the process: then calls count as in flight until the server has answered them.
    /// </summary>
    public bool IsShared { get; } = isShared;

    public long Now => time.GetTimestamp();

    /// <summary>
    /// Told of each answer of the server's, also when nobody waits for it any more. The message stays the caller's.
    /// </summary>
    public Action<ClientCall, JsonRpcMessage>? OnAnswered { get; init; }

    /// <summary>The one session that has calls in flight; null when none has, or several have.</summary>
    public Session? OnlySession
    {
        get
        {
            lock (Lock)
                return _inFlight.Count == 1 ? _inFlight.First().Session : null;
        }
    }

    /// <summary>Whether no session has calls in flight.</summary>
    public bool IsIdle
    {
        get
        {
            lock (Lock)
                return _inFlight.Count == 0;
        }
    }

    /// <summary>
    /// Ends a call for one of the two who know it: for its client, or, when its client has had its end, for the server that
    /// still owes the answer. For each it happens once, and whoever brings it about does what follows from it.
    /// </summary>
    /// <returns>The state that it was in; <see cref="CallState.Ended"/> when there was nothing left to end.</returns>
    public CallState End(PendingCall call, CallOutcome outcome)
    {
        var isWithdrawn = outcome is CallOutcome.Cancelled or CallOutcome.TimedOut;
        lock (Lock)
        {
            var before = call.State;
            // The time-out and the cancellation of a call may come at once. Only the first of them tells the server.
            if (before is CallState.Ended || (before is CallState.Unanswered && isWithdrawn))
                return CallState.Ended;
            // An unanswered call got its outcome, and left its session's table, when it was withdrawn.
            if (before is not CallState.Unanswered)
            {
                call.Outcome = outcome;
                call.Calls?.Remove(call);
            }

            // What a child with one session still says can only be for that session: nothing has to be remembered.
            if (before is CallState.Sent && isWithdrawn && IsShared && call.Calls is not null)
                AwaitAnswer(call);
            else
                Close(call, before);
            return before;
        }
    }

    /// <summary>Gives up on the answers to calls that were withdrawn before a time: no server works on a call for ever.</summary>
    public void ForgetUnansweredBefore(long time)
    {
        lock (Lock)
        {
            // The queue is in the order of withdrawal, so the first that is young enough ends it. Calls that were answered since
            // are still in it: to take each out of the middle would cost a scan for every late answer.
            while (_unanswered.TryPeek(out var oldest) && (oldest.Since < time || oldest.Call.State is CallState.Ended))
            {
                _unanswered.Dequeue();
                if (oldest.Call.State is CallState.Unanswered)
                    Close(oldest.Call, CallState.Unanswered);
            }

            foreach (var calls in _crowded.Where(calls => calls.ForgottenAt < time).ToArray())
            {
                // Each still counted as in flight (see AwaitAnswer), and no answer will ever take it off.
                Count(calls, -calls.Forgotten);
                calls.Forgotten = 0;
                _crowded.Remove(calls);
            }
        }
    }

    /// <summary>An answer found its client gone.</summary>
    public void Drop(JsonRpcMessage answer) => metrics.Drop(server, answer, "client-gone");

    // The rest is under the lock.

    internal void Count(SessionCalls? calls, int change)
    {
        // Calls of the gateway's own have no session; on a child with one session there is nobody to tell apart.
        if (calls is null || !IsShared)
            return;
        calls.InFlight += change;
        if (calls.InFlight == 0)
            _inFlight.Remove(calls);
        else
            _inFlight.Add(calls);
    }

    private void AwaitAnswer(PendingCall call)
    {
        call.State = CallState.Unanswered;
        _unanswered.Enqueue((call, Now));
        if (_unanswered.Count <= MaxUnanswered)
            return;
        var (oldest, since) = _unanswered.Dequeue();
        // That one has ended since, so nothing is lost with it.
        if (oldest is not { State: CallState.Unanswered, Calls: { } calls })
            return;
        // Its answer can no longer be recognized, so it counts as in flight until ForgetUnansweredBefore.
        oldest.State = CallState.Ended;
        oldest.Connection!.Remove(oldest);
        calls.Forgotten++;
        calls.ForgottenAt = since;
        _crowded.Add(calls);
    }

    private void Close(PendingCall call, CallState before)
    {
        call.State = CallState.Ended;
        // It was never sent: no connection has it in its table, and it was not counted.
        if (before is CallState.Queued)
            return;
        call.Connection!.Remove(call);
        Count(call.Calls, -1);
    }
}
