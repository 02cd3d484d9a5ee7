using System.Net.ServerSentEvents;

namespace McpGateway.Backends.Remote;

/// <summary>Reads the events of a remote server's stream. Comments are not events: a stream of comments is silent.</summary>
internal sealed class UpstreamEvents : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _leaving;
    private readonly IAsyncEnumerator<SseItem<PooledBytes>> _items;
    private Task<bool>? _next;

    /// <param name="stream">Closed by its owner.</param>
    /// <param name="limit">The most data of an event, in bytes. A larger event is returned without data.</param>
    /// <param name="time">The clock.</param>
    /// <param name="leave">Ends the reading.</param>
    public UpstreamEvents(Stream stream, int limit, TimeProvider time, CancellationToken leave)
    {
        _time = time;
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(leave);
        var bounded = new BoundedStream(stream, limit);
        var parser = SseParser.Create(bounded, (_, data) =>
        {
            bounded.StartAnew();
            return data.Length > limit ? default : PooledBytes.Copy(data);
        });
        _items = parser.EnumerateAsync(_leaving.Token).GetAsyncEnumerator(_leaving.Token);
    }

    /// <summary>The event that was read last. The reader owns its data.</summary>
    public SseItem<PooledBytes> Current => _items.Current;

    /// <summary>Whether the next read completes at once.</summary>
    // Kept in a field: an enumerator must not be advanced twice, and a read that timed out goes on for the next caller.
    private bool IsReady => (_next ??= _items.MoveNextAsync().AsTask()).IsCompleted;

    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public async ValueTask<EventRead> ReadAsync(TimeSpan timeout)
    {
        // A time-out is not an exception here, and a failure of the read itself is thrown below.
        if (!IsReady)
            await ((Task)_next!.WaitAsync(timeout, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_next is not { IsCompleted: true } next)
            return EventRead.Silence;
        _next = null;
        try
        {
            return await next ? EventRead.Event : EventRead.End;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return EventRead.Broken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // An enumerator must not be disposed of while it is being advanced.
        await _leaving.CancelAsync();
        if (_next is not null)
        {
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_next.IsCompletedSuccessfully && await _next)
                Current.Data.Return(); // of an event that nobody has read
        }

        await _items.DisposeAsync();
        _leaving.Dispose();
    }

    /// <summary>Bounds the size of an event. SseParser by itself collects one of any size in memory.</summary>
    private sealed class BoundedStream(Stream inner, int limit) : Stream
    {
        // For what an event has besides its data: names of fields, and comments.
        private const int Slack = 1024 * 1024;

        private long _taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void StartAnew() => _taken = 0;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            _taken += count;
            return _taken <= limit + (long)Slack ? count : throw new InvalidDataException("An event exceeds the limit.");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
