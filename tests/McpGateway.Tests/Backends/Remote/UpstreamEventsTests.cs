using System.IO.Pipelines;
using System.Text;
using McpGateway.Backends.Remote;

namespace McpGateway.Tests.Backends.Remote;

public sealed class UpstreamEventsTests : IAsyncLifetime
{
    private const int Limit = 1000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly UpstreamEvents _events;

    public UpstreamEventsTests() => _events = new UpstreamEvents(_pipe.Reader.AsStream(), Limit, _time, _leave.Token);

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _leave.Dispose();
    }

    [Fact]
    public async Task Events_ComeWithTheirFields_AndThenTheEnd()
    {
        await WriteAsync(": hello\n\nid: 7\nretry: 250\ndata: a\ndata: b\n\nevent: endpoint\ndata: /x\n\n");
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(EventRead.Event, await _events.ReadAsync(Timeout).Soon());
        Assert.Equal(("message", "a\nb", "7", TimeSpan.FromMilliseconds(250)), Current());
        Assert.Equal(EventRead.Event, await _events.ReadAsync(Timeout).Soon());
        Assert.Equal(("endpoint", "/x"), (_events.Current.EventType, Current().Data));
        Assert.Equal(EventRead.End, await _events.ReadAsync(Timeout).Soon());
    }

    [Fact]
    public async Task Silence_IsToldAfterThePatience_AndNothingIsLost()
    {
        var reading = _events.ReadAsync(Timeout).AsTask();
        await WriteAsync(": a comment is no event\n\n");
        Assert.False(reading.IsCompleted);
        _time.Advance(Timeout);
        Assert.Equal(EventRead.Silence, await reading.Soon());
        await WriteAsync("data: a\n\n");
        Assert.Equal(EventRead.Event, await _events.ReadAsync(Timeout).Soon());
        Assert.Equal("a", Current().Data);
    }

    [Fact]
    public async Task Event_OverTheLimit_HasNoData_AndTheNextOneIsRead()
    {
        await WriteAsync($"data: {new string('x', Limit + 1)}\n\ndata: {new string('y', Limit)}\n\n");
        Assert.Equal(EventRead.Event, await _events.ReadAsync(Timeout).Soon());
        Assert.True(_events.Current.Data.IsOversized);
        Assert.Equal(EventRead.Event, await _events.ReadAsync(Timeout).Soon());
        Assert.Equal(Limit, Current().Data.Length);
    }

    [Fact]
    public async Task Event_WithoutAnEnd_BreaksTheStream()
    {
        await WriteAsync("data: " + new string('x', 2 * 1024 * 1024));
        Assert.Equal(EventRead.Broken, await _events.ReadAsync(Timeout).Soon());
    }

    [Fact]
    public async Task Connection_ThatBreaks_IsToldFromTheEnd()
    {
        await _pipe.Writer.CompleteAsync(new IOException("reset"));
        Assert.Equal(EventRead.Broken, await _events.ReadAsync(Timeout).Soon());
    }

    [Fact]
    public async Task Leaving_EndsTheWait()
    {
        var reading = _events.ReadAsync(Timeout).AsTask();
        await _leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Soon());
    }

    private (string Type, string Data, string? Id, TimeSpan? Retry) Current()
    {
        var item = _events.Current;
        return (item.EventType, Encoding.UTF8.GetString(item.Data.Span), item.EventId, item.ReconnectionInterval);
    }

    private Task WriteAsync(string text) =>
        _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask();
}
