using System.Diagnostics.CodeAnalysis;
using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>
/// Messages on their way to one client over one HTTP response. The relay writes, the transport reads. It holds a bounded
/// queue: a client that does not read first slows its own server down and then loses this stream, and nobody else's.
/// </summary>
internal sealed class ResponseStream
{
    /// <summary>Silence after which a POST's answer is no longer awaited as plain JSON.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Intermediaries cut streams that are silent for a minute or more.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    // A client on a slow line needs time for a burst; one that takes nothing at all for this long is gone.
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    private readonly MessageQueue _queue;
    private readonly TimeProvider _time;
    private readonly Lock _cutLock = new();
    private volatile bool _endsWithAnswers;
    private Action? _cut;
    private long _quietSince;
    // Only the first silence of a POST is short. After it the response is an event stream, and kept alive like any other.
    private bool _kept;
    private int _awaited;

    private ResponseStream(QueueBudget budget, TimeProvider time, bool endsWithAnswers)
    {
        _queue = new MessageQueue(QueueLimits.Default, budget);
        _time = time;
        _endsWithAnswers = endsWithAnswers;
        _quietSince = time.GetTimestamp();
    }

    /// <summary>Whether messages can still be written to it.</summary>
    public bool IsOpen => !_queue.IsClosed;

    /// <summary>For the transport, at the end: when the client is to come back; null: it is told nothing.</summary>
    public TimeSpan? ReconnectAfter { get; internal set; }

    /// <summary>The replica that its client is connected to; null: this one.</summary>
    internal string? Via { get; set; }

    /// <summary>For the relay: becomes the owner of what a client had not read when it left. Null: that is disposed of.</summary>
    internal Action<IReadOnlyList<JsonRpcMessage>>? OnUnread { get; init; }

    internal long QueuedBytes => _queue.Bytes;

    /// <summary>A stream that ends by itself with the last answer that it awaits: a POST's.</summary>
    public static ResponseStream ForAnswers(
        QueueBudget budget, TimeProvider time, Action<IReadOnlyList<JsonRpcMessage>>? onUnread = null) =>
        new(budget, time, endsWithAnswers: true) { OnUnread = onUnread };

    /// <summary>A stream that lasts until either side ends it: a GET's.</summary>
    public static ResponseStream Lasting(
        QueueBudget budget, TimeProvider time, Action<IReadOnlyList<JsonRpcMessage>>? onUnread = null) =>
        new(budget, time, endsWithAnswers: false) { OnUnread = onUnread };

    /// <summary>For the transport: waits for a message, or for the time to send a keep-alive.</summary>
    /// <returns>False when the stream has ended.</returns>
    public ValueTask<bool> WaitToReadAsync() => _queue.WaitToReadAsync();

    /// <summary>
    /// For the transport, and for the relay when its client read no further: takes the next message, whose owner the caller
    /// becomes.
    /// </summary>
    public bool TryRead([NotNullWhen(true)] out JsonRpcMessage? message) => _queue.TryDequeue(out message);

    /// <summary>For the transport: whether it is time to send something, so that nobody takes the silence for an end.</summary>
    public bool TakeKeepAlive() => _queue.TakeWake();

    /// <summary>
    /// For the transport: how to break the connection when its client does not read; null before the response ends, since
    /// what would be broken then may already carry another request.
    /// </summary>
    public void OnCut(Action? cut)
    {
        lock (_cutLock)
            _cut = cut;
    }

    /// <summary>
    /// For the transport: the client is gone, or needs no more of it. What waits goes back to the relay: it may be for the
    /// client's other streams.
    /// </summary>
    public void Abandon()
    {
        _queue.Close(discard: OnUnread is null);
        if (OnUnread is null)
            return;
        List<JsonRpcMessage>? unread = null;
        while (TryRead(out var message))
            (unread ??= []).Add(message);
        if (unread is not null)
            OnUnread(unread);
    }

    /// <summary>For the transport: gives back a message that it has taken and not sent.</summary>
    public void PutBack(JsonRpcMessage message)
    {
        if (OnUnread is null)
            message.Dispose();
        else
            OnUnread([message]);
    }

    /// <summary>One more answer will be written to it; whoever sends several requests also holds it until all are sent.</summary>
    public void Await() => Interlocked.Increment(ref _awaited);

    /// <summary>An awaited answer was written, or will never come.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _awaited) == 0 && _endsWithAnswers)
            End();
    }

    /// <summary>Writes an answer that the gateway gives itself.</summary>
    /// <param name="answer">Owned by the stream from here on.</param>
    public async ValueTask AnswerAsync(JsonRpcMessage answer)
    {
        Await();
        // Awaited before it is written: another answer's release would otherwise end the stream in between.
        if (!await WriteAsync(answer, patient: true))
            answer.Dispose();
        Release();
    }

    /// <summary>For the relay: writes a message, and disposes of it when the stream is gone.</summary>
    internal async ValueTask WriteOrDisposeAsync(JsonRpcMessage message)
    {
        if (!await WriteAsync(message, patient: true))
            message.Dispose();
    }

    /// <summary>For the relay: writes a message without waiting for room.</summary>
    /// <returns>False when there is none: the message is still the caller's.</returns>
    internal bool TryWrite(JsonRpcMessage message) => _queue.TryEnqueue(message) is Enqueued.Yes;

    /// <summary>For the relay: nothing more will be written. What waits is still read.</summary>
    internal void End() => _queue.Close(discard: false);

    /// <summary>For the relay: ends it with the last answer that is on its way, at once when there is none.</summary>
    internal void EndAfterAnswers()
    {
        Await();
        // Between the two, so that the count reaches zero after the flag is set, with answers on their way or without.
        _endsWithAnswers = true;
        Release();
    }

    /// <summary>For the relay: writes a message.</summary>
    /// <param name="message">Owned by the stream, when it takes it.</param>
    /// <param name="patient">
    /// Whether to wait a bounded time for room. Where others wait behind this client there is a wider bound instead, and
    /// who is over it is cut at once.
    /// </param>
    /// <returns>False when the stream is gone: the message is still the caller's.</returns>
    internal async ValueTask<bool> WriteAsync(JsonRpcMessage message, bool patient)
    {
        while (true)
        {
            switch (_queue.TryEnqueue(message, patient ? QueueLimits.Default : QueueLimits.Wide))
            {
                case Enqueued.Yes:
                    _quietSince = _time.GetTimestamp();
                    return true;
                case Enqueued.Closed:
                    return false;
                case Enqueued.Full when !patient:
                    Cut();
                    return false;
            }

            try
            {
                // Measured anew each time: a client that takes something, however little, is not gone.
                await _queue.WaitForRoomAsync(CancellationToken.None).WaitAsync(StallLimit, _time);
            }
            catch (TimeoutException)
            {
                Cut();
                return false;
            }
        }
    }

    /// <summary>For the monitor: reminds the transport of a silence that has lasted too long.</summary>
    internal void Tick(long now)
    {
        var limit = _endsWithAnswers && !_kept ? AnswerTimeout : KeepAliveInterval;
        if (_time.GetElapsedTime(_quietSince, now) < limit)
            return;
        _quietSince = now;
        _kept = true;
        _queue.Wake();
    }

    /// <summary>Breaks the client's connection. What waits is disposed of: there is too much of it for another stream.</summary>
    internal void Cut()
    {
        _queue.Close(discard: true);
        lock (_cutLock)
            // Under the lock: OnCut(null) then returns only after a cut that has begun, and before the connection is used again.
            _cut?.Invoke();
    }
}
