using System.Net.ServerSentEvents;

namespace McpGateway.Backends.Remote;

/// <summary>The events of a remote server's stream. Comments are no events: whoever waits has not heard anything.</summary>
internal sealed class UpstreamEvents : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _leaving;
    private readonly IAsyncEnumerator<SseItem<PooledBytes>> _items;
    private Task<bool>? _next;

    /// <param name="stream">Closed by its owner.</param>
    /// <param name="limit">The largest event's data, in bytes; of a larger one there is no data.</param>
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

    /// <summary>The event that was read last. Its data is the reader's.</summary>
    public SseItem<PooledBytes> Current => _items.Current;

    /// <summary>Whether the next read will not have to wait.</summary>
    public bool IsReady => (_next ??= _items.MoveNextAsync().AsTask()).IsCompleted;

    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public async ValueTask<EventRead> ReadAsync(TimeSpan timeout)
    {
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
        await _leaving.CancelAsync();
        if (_next is not null)
        {
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_next.IsCompletedSuccessfully && await _next)
                Current.Data.Return();
        }

        await _items.DisposeAsync();
        _leaving.Dispose();
    }

    /// <summary>The parser gathers an event whatever its length; here is where it ends.</summary>
    private sealed class BoundedStream(Stream inner, int limit) : Stream
    {
        // Beside the data there are its fields' names, and comments.
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
            return _taken <= limit + (long)Slack ? count : throw new InvalidDataException("An event is over the limit.");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
