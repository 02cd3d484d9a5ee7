using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

public sealed class ResponseStreamTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly QueueBudget _budget = new(long.MaxValue);

    [Fact]
    public async Task Release_OfTheLastAnswer_EndsAPostsStream()
    {
        var stream = ResponseStream.ForAnswers(_budget, _time);
        stream.Await();
        stream.Await();
        Assert.True(await stream.WriteAsync(Json.Notification("x"), patient: true));
        stream.Release();
        Assert.True(stream.IsOpen);
        stream.Release();
        Assert.False(stream.IsOpen);
        Assert.NotNull(await SessionsFixture.ReadAsync(stream));
        Assert.Null(await SessionsFixture.ReadAsync(stream));
    }

    [Fact]
    public void Release_OfAllAnswers_DoesNotEndALastingStream()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        stream.Await();
        stream.Release();
        Assert.True(stream.IsOpen);
    }

    [Fact]
    public async Task EndAfterAnswers_AnswerOnItsWay_WaitsForIt()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        stream.Await();
        stream.EndAfterAnswers();
        Assert.True(await stream.WriteAsync(Json.Notification("answer"), patient: true));
        stream.Release();
        Assert.False(stream.IsOpen);
        Assert.Contains("answer", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);

        var idle = ResponseStream.Lasting(_budget, _time);
        idle.EndAfterAnswers();
        Assert.False(idle.IsOpen);
    }

    [Fact]
    public async Task Tick_PostsStream_RemindsAfterASecondThenEveryFifteen()
    {
        var stream = ResponseStream.ForAnswers(_budget, _time);
        Assert.False(Reminds(stream, TimeSpan.FromSeconds(0.9)));
        Assert.True(Reminds(stream, TimeSpan.FromSeconds(0.1)));
        Assert.False(Reminds(stream, TimeSpan.FromSeconds(14.9)));
        Assert.True(Reminds(stream, TimeSpan.FromSeconds(0.1)));
        Assert.False(Reminds(stream, TimeSpan.FromSeconds(14)));
        await stream.WriteAsync(Json.Notification("x"), patient: true);
        Assert.False(Reminds(stream, TimeSpan.FromSeconds(14)));
        Assert.True(Reminds(stream, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Tick_LastingStream_RemindsEveryFifteenSeconds()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        Assert.False(Reminds(stream, TimeSpan.FromSeconds(14)));
        Assert.True(Reminds(stream, TimeSpan.FromSeconds(1)));
        Assert.False(Reminds(stream, TimeSpan.FromSeconds(14)));
        Assert.True(Reminds(stream, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Tick_ReaderWaits_WakesIt()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        var reading = SessionsFixture.ReadAsync(stream);
        stream.Tick(_time.Advance(ResponseStream.KeepAliveInterval));
        Assert.Equal("keep-alive", await reading);
    }

    [Fact]
    public async Task Write_ClientDoesNotRead_CutsTheStreamAfterAWhile()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        var cuts = 0;
        stream.OnCut(() => cuts++);
        await FillAsync(stream);
        using var message = Json.Notification("x");
        var writing = stream.WriteAsync(message, patient: true).AsTask();
        await _time.UntilTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(writing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await writing.Soon());
        Assert.Equal(1, cuts);
        Assert.False(stream.IsOpen);
        Assert.Equal(0, _budget.Queued);
        Assert.NotEqual(0, message.Utf8.Length);
    }

    [Fact]
    public async Task Write_ClientReadsInTime_GoesOn()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        await FillAsync(stream);
        var writing = stream.WriteAsync(Json.Notification("x"), patient: true).AsTask();
        await _time.UntilTimersAsync(1);
        Assert.NotNull(await SessionsFixture.ReadAsync(stream));
        Assert.True(await writing.Soon());
        Assert.True(stream.IsOpen);
    }

    [Fact]
    public async Task Abandon_DisposesOfWhatWaitsAndTakesNoMore()
    {
        var stream = ResponseStream.Lasting(_budget, _time);
        var waits = Json.Notification("x");
        await stream.WriteAsync(waits, patient: true);
        stream.Abandon();
        Assert.Throws<ObjectDisposedException>(() => waits.Utf8.Length);
        using var late = Json.Notification("x");
        Assert.False(await stream.WriteAsync(late, patient: true));
        Assert.NotEqual(0, late.Utf8.Length);
        Assert.Equal(0, _budget.Queued);
        Assert.Null(await SessionsFixture.ReadAsync(stream));
    }

    [Fact]
    public async Task Write_Impatient_TakesMoreThanOneThatWaitsAndThenCuts()
    {
        var cut = false;
        var stream = ResponseStream.ForAnswers(_budget, _time);
        stream.OnCut(() => cut = true);
        for (var i = 0; i < QueueLimits.Wide.Messages; i++)
            Assert.True(await stream.WriteAsync(Json.Notification("fill"), patient: false));
        Assert.True(QueueLimits.Wide.Messages > QueueLimits.Default.Messages);
        Assert.False(cut);
        using var late = Json.Notification("late");
        var writing = stream.WriteAsync(late, patient: false);
        Assert.True(writing.IsCompletedSuccessfully); // it has waited for nobody
        Assert.False(await writing);
        Assert.True(cut);
        Assert.False(stream.IsOpen);
        Assert.Equal(0, _budget.Queued);
    }

    [Fact]
    public async Task Refuse_WritesAnError()
    {
        var stream = ResponseStream.ForAnswers(_budget, _time);
        await stream.AnswerAsync(JsonRpcMessage.CreateError(7, new JsonRpcError(-32600, "No.")));
        Json.Equal("""{"jsonrpc":"2.0","id":7,"error":{"code":-32600,"message":"No."}}""",
            (await SessionsFixture.ReadAsync(stream))!);
        stream.Abandon();
        await stream.AnswerAsync(JsonRpcMessage.CreateError(7, new JsonRpcError(-32600, "No.")));
        Assert.Equal(0, _budget.Queued);
    }

    private static async Task FillAsync(ResponseStream stream)
    {
        for (var i = 0; i < QueueLimits.Default.Messages; i++)
            Assert.True(await stream.WriteAsync(Json.Notification("fill"), patient: true));
    }

    private bool Reminds(ResponseStream stream, TimeSpan later)
    {
        stream.Tick(_time.Advance(later));
        while (stream.TryRead(out var message))
            message.Dispose();
        return stream.TakeKeepAlive();
    }
}
