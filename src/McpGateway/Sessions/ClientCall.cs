using McpGateway.JsonRpc;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Sessions;

/// <summary>A client's request. Exactly one of the answer, a failure, a time-out and a cancellation ends it.</summary>
internal sealed class ClientCall(SessionCalls calls, JsonRpcId key, JsonRpcMessage request, ResponseStream replies)
    : PendingCall(calls.Registry)
{
    // What the answer needs of the request is copied into properties: the request's buffer belongs to the server's queue
    // once the call is sent, and is back in the pool long before the answer comes.

    // A count and not a flag: a server may have several requests to the client open for one call.
    private int _waitsForClient;

    public override SessionCalls Calls => calls;

    public Session Session => calls.Session;

    /// <summary>Unique among its session's.</summary>
    public JsonRpcId Key { get; } = key;

    /// <summary>The id that the client waits for.</summary>
    public JsonRpcId ClientId { get; } = request.Envelope.Id;

    /// <summary>The client's progress token; none when it wants no progress.</summary>
    public JsonRpcId ProgressToken { get; } = request.Envelope.ProgressToken;

    public string Method { get; } = request.Envelope.Method!;

    /// <summary>The task that it asks about.</summary>
    public string? Task { get; } = request.Envelope.Task;

    /// <summary>Whether it is to be run as a task.</summary>
    public bool WantsTask { get; } = request.Envelope.WantsTask;

    public ResponseStream Replies { get; } = replies;

    /// <summary>What it holds of its client's limit of requests in flight until it ends; null: no limit.</summary>
    public ConcurrencyPermit? ConcurrencyPermit { get; init; }

    public bool IsInitialize => Method == McpMethod.Initialize;

    public override bool IsCancellable => !IsInitialize; // MCP, "Cancellation"

    public override bool HidesProgressToken => Registry.IsShared;

    /// <summary>When it was taken; with <see cref="ActiveAt"/>, a timestamp of the registry's clock.</summary>
    public long StartedAt { get; } = calls.Registry.Now;

    /// <summary>When it last made progress.</summary>
    public long ActiveAt { get; private set; } = calls.Registry.Now;

    public bool WaitsForClient => Volatile.Read(ref _waitsForClient) > 0;

    /// <summary>Takes out of the answer what is not for the client; owns it, and gives what goes out instead.</summary>
    public Func<JsonRpcMessage, JsonRpcMessage>? Filter { get; init; }

    /// <summary>Sees the answer before it goes out.</summary>
    public Action<JsonRpcMessage>? OnAnswer { get; set; }

    public void Touch() => ActiveAt = Registry.Now;

    /// <summary>The server sent the client a request for this call: the client's time is not the server's.</summary>
    public void BeginWaiting() => Interlocked.Increment(ref _waitsForClient);

    public void EndWaiting()
    {
        Interlocked.Decrement(ref _waitsForClient);
        // The server's silence is counted anew, or the time that the client needed would be part of it.
        Touch();
    }

    /// <summary>Answers it in the server's stead, unless it has ended.</summary>
    /// <param name="answer">Under the client's id; owned by the call from here on.</param>
    public ValueTask AnswerAsync(JsonRpcMessage answer)
    {
        if (TryEnd(CallOutcome.Answered))
            return WriteAsync(answer);
        answer.Dispose();
        return default;
    }

    /// <summary>Ends it without an answer, which nobody waits for any more.</summary>
    /// <inheritdoc cref="PendingCall.TryWithdraw"/>
    public bool TryCancel(string reason, JsonRpcMessage? notification = null)
    {
        if (!TryWithdraw(CallOutcome.Cancelled, reason, notification))
            return false;
        // A cancelled request gets no response (MCP, "Cancellation"); its release lets the POST end without one.
        Replies.Release();
        return true;
    }

    /// <summary>Ends it with an error while its server may still work on it, unless it has ended.</summary>
    /// <inheritdoc cref="PendingCall.TryWithdraw"/>
    public ValueTask WithdrawAsync(CallOutcome outcome, string reason, JsonRpcError error) =>
        TryWithdraw(outcome, reason) ? OnFailedAsync(error) : default;

    protected override void OnEnded() => ConcurrencyPermit?.Dispose();

    protected override ValueTask OnAnswerAsync(JsonRpcMessage answer, bool isAwaited)
    {
        Registry.OnAnswered?.Invoke(this, answer);
        if (isAwaited)
        {
            answer.ReplaceId(ClientId);
            return WriteAsync(answer);
        }

        answer.Dispose();
        return default;
    }

    protected override ValueTask OnFailedAsync(JsonRpcError error) => WriteAsync(JsonRpcMessage.CreateError(ClientId, error));

    private async ValueTask WriteAsync(JsonRpcMessage answer)
    {
        // Before the client can see it: its next message may follow at once, and must find the revision that was settled.
        OnAnswer?.Invoke(answer);
        answer = Filter?.Invoke(answer) ?? answer;
        // Only a child with one session may be kept waiting for its client. Of a shared one, the others would wait too.
        if (!await Replies.WriteAsync(answer, patient: !Registry.IsShared))
            Registry.Drop(answer);
        // Last: the last release ends the stream, which would then not take the answer.
        Replies.Release();
    }
}
