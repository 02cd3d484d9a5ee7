using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using McpGateway.JsonRpc;

namespace McpGateway.Sessions.Queues;

/// <summary>
/// Messages on their way from many writers to one reader, bounded in messages and in bytes. A channel bounds only the
/// count, and a writer here may also wake the reader without a message (<see cref="Wake"/>).
/// </summary>
internal sealed class MessageQueue : IValueTaskSource<bool>
{
    private readonly QueueLimits _limits;
    private readonly QueueBudget _budget;
    private readonly Lock _lock = new();
    private readonly Queue<JsonRpcMessage> _messages = new();
    // Asynchronously: a writer is often the one reader of a child's output, and must not go on to write to this client's socket.
    private ManualResetValueTaskSourceCore<bool> _reader = new() { RunContinuationsAsynchronously = true };
    private TaskCompletionSource? _room;
    private long _bytes;
    private bool _readerWaits;
    private bool _woken;
    private bool _closed;

    public MessageQueue(QueueLimits limits, QueueBudget budget)
    {
        _limits = limits;
        _budget = budget;
    }

    /// <summary>Bytes waiting in this queue.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Offers a message without waiting. The caller keeps it unless the answer is <see cref="Enqueued.Yes"/>.</summary>
    public Enqueued TryEnqueue(JsonRpcMessage message) => TryEnqueue(message, _limits);

    /// <inheritdoc cref="TryEnqueue(JsonRpcMessage)"/>
    /// <param name="message">The message.</param>
    /// <param name="limits">Bounds for this message instead of the queue's own.</param>
    public Enqueued TryEnqueue(JsonRpcMessage message, QueueLimits limits)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed)
                return Enqueued.Closed;
            var length = message.WrittenLength;
            // An empty queue takes any message. Otherwise one that is larger than the limit could never be sent.
            if (_messages.Count > 0 && (_messages.Count >= limits.Messages || _bytes + length > limits.Bytes))
                return Enqueued.Full;
            _messages.Enqueue(message);
            _bytes += length;
            _budget.Add(length);
            wake = TakeWaiter();
        }

        if (wake)
            _reader.SetResult(true);
        return Enqueued.Yes;
    }

    /// <summary>Offers a message and waits for room.</summary>
    /// <returns>False when the queue was closed: the message is still the caller's.</returns>
    /// <exception cref="OperationCanceledException">The token fired first; the message is still the caller's.</exception>
    public async ValueTask<bool> EnqueueAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (TryEnqueue(message))
            {
                case Enqueued.Yes:
                    return true;
                case Enqueued.Closed:
                    return false;
            }

            await WaitForRoomAsync(cancellationToken);
        }
    }

    /// <summary>Completes when there may be room, or the queue was closed: try again.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_closed || _messages.Count == 0) // even the largest message fits into an empty queue
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>For the one reader: waits for a message or for <see cref="Wake"/>.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public ValueTask<bool> WaitToReadAsync()
    {
        lock (_lock)
        {
            if (_messages.Count > 0 || _woken)
                return ValueTask.FromResult(true);
            if (_closed)
                return ValueTask.FromResult(false);
            _reader.Reset(); // safe: there is one reader, and it has its last result
            _readerWaits = true;
            return new ValueTask<bool>(this, _reader.Version);
        }
    }

    /// <summary>For the one reader: takes the next message, which is the reader's from here on.</summary>
    public bool TryDequeue([NotNullWhen(true)] out JsonRpcMessage? message)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            if (!_messages.TryDequeue(out message))
                return false;
            _bytes -= message.WrittenLength;
            _budget.Remove(message.WrittenLength);
            room = Interlocked.Exchange(ref _room, null);
        }

        room?.SetResult();
        return true;
    }

    /// <summary>Takes back a message that was not read yet.</summary>
    /// <returns>False when it is not here any more; else it is the caller's again.</returns>
    public bool TryTakeBack(JsonRpcMessage message)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            if (!_messages.Contains(message))
                return false;
            // Queue<T> cannot remove from its middle. This is rare (a call cancelled before it was sent) and the queue bounded.
            for (var left = _messages.Count; left > 0; left--) // each goes to the end once: the others keep their order
            {
                var next = _messages.Dequeue();
                if (!ReferenceEquals(next, message))
                    _messages.Enqueue(next);
            }

            _bytes -= message.WrittenLength;
            _budget.Remove(message.WrittenLength);
            room = Interlocked.Exchange(ref _room, null);
        }

        room?.SetResult();
        return true;
    }

    /// <summary>Wakes the reader without a message.</summary>
    public void Wake()
    {
        bool wake;
        lock (_lock)
        {
            // A closed queue ends its reader. A wake-up after that would have it send one more keep-alive.
            _woken = !_closed;
            wake = TakeWaiter();
        }

        if (wake)
            _reader.SetResult(true);
    }

    /// <summary>For the one reader: whether <see cref="Wake"/> was called since the last time.</summary>
    public bool TakeWake()
    {
        lock (_lock)
        {
            var woken = _woken;
            _woken = false;
            return woken;
        }
    }

    /// <summary>Takes no more messages. Those that wait are still read, or, when discarded, disposed of here.</summary>
    public void Close(bool discard)
    {
        bool wake;
        TaskCompletionSource? room;
        lock (_lock)
        {
            _closed = true;
            while (discard && _messages.TryDequeue(out var message))
            {
                _bytes -= message.WrittenLength;
                _budget.Remove(message.WrittenLength);
                message.Dispose();
            }

            room = Interlocked.Exchange(ref _room, null);
            wake = TakeWaiter();
        }

        room?.SetResult();
        if (wake)
            _reader.SetResult(false); // it waits only while nothing is here
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _reader.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _reader.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reader.OnCompleted(continuation, state, token, flags);

    private bool TakeWaiter()
    {
        var waits = _readerWaits;
        _readerWaits = false;
        return waits;
    }
}
