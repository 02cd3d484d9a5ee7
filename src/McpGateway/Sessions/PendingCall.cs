using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>A request to a server that gets one answer. Its state is its registry's to change.</summary>
internal abstract class PendingCall(CallRegistry registry)
{
    // Of its own: the registry's is taken by all calls of the server. The source is made only for a call that waits.
    private readonly Lock _lock = new();
    private volatile CallState _state;
    private CancellationTokenSource? _withdrawing;
    private bool _withdrawn;

    public CallRegistry Registry { get; } = registry;

    /// <summary>Where it stands.</summary>
    public CallState State
    {
        get => _state;
        internal set => _state = value;
    }

    /// <summary>How it has ended for the one who made it.</summary>
    public CallOutcome Outcome { get; internal set; }

    /// <summary>Whether somebody waits for its answer.</summary>
    public bool IsOpen => _state is CallState.Queued or CallState.Sent;

    /// <summary>The session's calls of which it is one; null for a call of the gateway's own.</summary>
    public virtual SessionCalls? Calls => null;

    /// <summary>The id that the server sees; 0 before it is sent.</summary>
    public long ServerId { get; internal set; }

    /// <summary>Where it was sent; null before.</summary>
    public ConnectionCalls? Connection { get; internal set; }

    /// <summary>The request as it was given to the server's queue; null before. It is not the call's own.</summary>
    internal JsonRpcMessage? SentMessage { get; set; }

    /// <summary>Whether the server must not hibernate as long as it is open.</summary>
    public virtual bool KeepsAwake => true;

    /// <summary>Whether the server may be told that nobody waits any more.</summary>
    public virtual bool IsCancellable => true;

    /// <summary>
    /// Whether the server is to see the call's own id as its progress token, because others may use the same token.
    /// </summary>
    public virtual bool HidesProgressToken => false;

    /// <summary>Fires when it is withdrawn. Only a call that must wait before it is sent asks for it.</summary>
    public CancellationToken Withdrawn
    {
        get
        {
            lock (_lock)
            {
                if (_withdrawn)
                    // A source made now would never fire: FireWithdrawn has been here before.
                    return new CancellationToken(canceled: true);
                return (_withdrawing ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>The server has answered.</summary>
    /// <param name="answer">Under the id that the server knows; owned by the call from here on.</param>
    public ValueTask TakeAnswerAsync(JsonRpcMessage answer)
    {
        var before = End(CallOutcome.Answered);
        if (before is not CallState.Ended)
            return OnAnswerAsync(answer, isAwaited: before is not CallState.Unanswered);
        answer.Dispose();
        return default;
    }

    /// <summary>Ends it with an error, unless it has ended.</summary>
    public ValueTask FailAsync(JsonRpcError error) =>
        End(CallOutcome.Failed) is CallState.Queued or CallState.Sent ? OnFailedAsync(error) : default;

    /// <summary>Ends it from this side, unless it has ended: the server is told, if it can have seen it.</summary>
    /// <param name="outcome">Cancelled or timed out.</param>
    /// <param name="reason">For the server's log, when there is no notification.</param>
    /// <param name="notification">The client's own, and the call's from here on if it ends; null to write one.</param>
    /// <returns>Whether it was ended by this.</returns>
    public bool TryWithdraw(CallOutcome outcome, string reason, JsonRpcMessage? notification = null)
    {
        var before = End(outcome);
        if (before is not (CallState.Queued or CallState.Sent))
            return false;
        // First: a call that is about to be sent must see it, or the server would get a request that nobody waits for.
        FireWithdrawn();
        if (before is CallState.Sent)
            Connection!.Connection.Cancel(this, notification, reason);
        else
            notification?.Dispose();
        return true;
    }

    /// <summary>Ends it without a word to the server, unless it has ended.</summary>
    /// <returns>Whether it was ended by this.</returns>
    public bool TryEnd(CallOutcome outcome) => End(outcome) is CallState.Queued or CallState.Sent;

    /// <summary>Every end of a call passes here.</summary>
    protected CallState End(CallOutcome outcome)
    {
        var before = Registry.End(this, outcome);
        if (before is CallState.Queued or CallState.Sent)
            OnEnded();
        return before;
    }

    /// <summary>It has ended for the one who made it; called once.</summary>
    protected virtual void OnEnded()
    {
        // A call of the gateway's own holds nothing.
    }

    /// <param name="answer">The call's from here on; its id is still the server's.</param>
    /// <param name="isAwaited">False when the call was withdrawn before.</param>
    protected abstract ValueTask OnAnswerAsync(JsonRpcMessage answer, bool isAwaited);

    protected abstract ValueTask OnFailedAsync(JsonRpcError error);

    private void FireWithdrawn()
    {
        CancellationTokenSource? withdrawing;
        lock (_lock)
        {
            _withdrawn = true;
            withdrawing = _withdrawing;
        }

        // Outside the lock: who waits for the token runs on inside Cancel, and may end up here again.
        withdrawing?.Cancel();
    }
}
