using McpGateway.JsonRpc;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Sessions;

/// <summary>
/// A client's request in flight. Exactly one of the answer, a failure, a time-out and a cancellation ends it: the one
/// that takes it out of its <see cref="CallRegistry"/>.
/// </summary>
internal sealed class ClientCall(CallRegistry table, JsonRpcId key, JsonRpcMessage request, ResponseStream replies) : PendingCall
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _abandoning;
    private bool _abandoned;
    private int _waitsForClient;

    /// <summary>Unique in the table.</summary>
    public JsonRpcId Key { get; } = key;

    /// <summary>The id that the client waits for.</summary>
    public JsonRpcId ClientId { get; } = request.Envelope.Id;

    /// <summary>The client's progress token; none when it asked for no progress.</summary>
    public JsonRpcId ProgressToken { get; } = request.Envelope.ProgressToken;

    public string Method { get; } = request.Envelope.Method!;

    /// <summary>The task that it asks about.</summary>
    public string? Task { get; } = request.Envelope.Task;

    /// <summary>Whether it is to be run as a task.</summary>
    public bool WantsTask { get; } = request.Envelope.WantsTask;

    public ResponseStream Replies { get; } = replies;

    /// <summary>Its session's part of a backend that others use too; null when nobody else does.</summary>
    public IBackendSession? Shared { get; init; }

    /// <summary>What it holds of its client's limit of requests in flight, as long as it is in the table; null: no limit.</summary>
    public ConcurrencyPermit? ConcurrencyPermit { get; init; }

    public bool IsInitialize => Method == McpMethod.Initialize;

    /// <summary>When it was taken; with <see cref="ActiveAt"/>, a timestamp of the table's clock.</summary>
    public long StartedAt { get; } = table.Now;

    /// <summary>When it last made progress.</summary>
    public long ActiveAt { get; private set; } = table.Now;

    public bool WaitsForClient => Volatile.Read(ref _waitsForClient) > 0;

    /// <summary>Takes out of the answer what is not for the client; owns it, and gives what goes out instead.</summary>
    public Func<JsonRpcMessage, JsonRpcMessage>? Filter { get; init; }

    /// <summary>Looks at the answer before it goes out.</summary>
    public Action<JsonRpcMessage>? OnAnswer { get; set; }

    /// <summary>Fires when the call has ended before it was sent. Only a call that must wait for room asks for it.</summary>
    protected internal override CancellationToken Abandoned
    {
        get
        {
            lock (_lock)
            {
                if (_abandoned)
                    return new CancellationToken(canceled: true);
                return (_abandoning ??= new CancellationTokenSource()).Token;
            }
        }
    }

    protected internal override bool IsAbandoned => Volatile.Read(ref _abandoned);

    protected internal override bool HidesProgressToken => Shared is not null;

    public void Touch() => ActiveAt = table.Now;

    /// <summary>The child asked the client something for this call: the client's time is not the child's.</summary>
    public void BeginWaiting() => Interlocked.Increment(ref _waitsForClient);

    public void EndWaiting()
    {
        Interlocked.Decrement(ref _waitsForClient);
        Touch();
    }

    public void Abandon()
    {
        CancellationTokenSource? abandoning;
        lock (_lock)
        {
            _abandoned = true;
            abandoning = _abandoning;
        }

        abandoning?.Cancel();
    }

    /// <summary>Answers it, unless it has ended.</summary>
    /// <param name="answer">Under the client's id; owned by the call from here on.</param>
    public ValueTask AnswerAsync(JsonRpcMessage answer)
    {
        if (table.Remove(this))
            return EndAsync(answer);
        answer.Dispose();
        return default;
    }

    /// <summary>Answers it with an error, unless it has ended.</summary>
    public ValueTask FailAsync(JsonRpcError error) =>
        table.Remove(this) ? EndAsync(JsonRpcMessage.CreateError(ClientId, error)) : default;

    /// <summary>Writes the answer that ends the call. The caller has taken it out of the table.</summary>
    public async ValueTask EndAsync(JsonRpcMessage answer)
    {
        OnAnswer?.Invoke(answer);
        answer = Filter?.Invoke(answer) ?? answer;
        if (!await Replies.WriteAsync(answer, patient: Shared is null))
            table.Undeliverable(answer);
        Replies.Release();
    }

    protected internal override ValueTask OnAnswerAsync(JsonRpcMessage answer)
    {
        Shared?.OnSettled(this, answer);
        answer.ReplaceId(ClientId);
        return AnswerAsync(answer);
    }

    protected internal override ValueTask OnFailedAsync(JsonRpcError error)
    {
        Shared?.OnSettled(this, null);
        return FailAsync(error);
    }
}
