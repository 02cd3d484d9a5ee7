using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Sessions;

public sealed class ClientCallTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MetricsRecorder _recorder = new();
    private readonly QueueBudget _budget = new(long.MaxValue);

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task Answer_FailureAndCancellation_InARace_EndTheCallOnce()
    {
        var rounds = Stress.Times(300);
        var table = Table();
        using var barrier = new Barrier(4);
        Round? current = null;
        var answering = Racer(round => round.Call.TakeAnswerAsync(round.Answer));
        var failing = Racer(round => round.Call.FailAsync(new JsonRpcError(-1, "late")));
        var cancelling = Racer(round =>
        {
            round.Cancelled = round.Call.TryCancel("not wanted");
            return default;
        });
        for (var i = 0; i < rounds; i++)
        {
            var stream = ResponseStream.ForAnswers(_budget, _time);
            current = new Round(Call(table, 7, stream), Json.Message("""{"jsonrpc":"2.0","id":1,"result":{}}"""));
            Assert.True(table.TryAdd(current.Call));
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            Assert.False(stream.IsOpen);
            Assert.Equal(current.Cancelled ? 0 : 1, Drain(stream));
            Assert.Throws<ObjectDisposedException>(() => current.Answer.Utf8.Length);
            Assert.Equal(0, table.Count);
        }

        await Task.WhenAll(answering, failing, cancelling).Soon();
        Assert.Equal(0, _budget.Queued);

        Task Racer(Func<Round, ValueTask> step) => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                barrier.SignalAndWait();
                step(current!).AsTask().GetAwaiter().GetResult();
                barrier.SignalAndWait();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public async Task Answer_GetsTheClientsId()
    {
        var table = Table();
        var stream = ResponseStream.ForAnswers(_budget, _time);
        var call = Call(table, 7, stream);
        Assert.True(table.TryAdd(call));
        await call.TakeAnswerAsync(Json.Message("""{"jsonrpc":"2.0","id":1,"result":{"a":1}}"""));
        Json.Equal("""{"jsonrpc":"2.0","id":7,"result":{"a":1}}""", (await SessionsFixture.ReadAsync(stream))!);
        Assert.Null(await SessionsFixture.ReadAsync(stream));
    }

    [Fact]
    public async Task Answer_ClientGone_IsDroppedAndCounted()
    {
        var table = Table();
        var stream = ResponseStream.ForAnswers(_budget, _time);
        var call = Call(table, 7, stream);
        Assert.True(table.TryAdd(call));
        stream.Abandon();
        var answer = Json.Message("""{"jsonrpc":"2.0","id":1,"result":{}}""");
        await call.TakeAnswerAsync(answer);
        Assert.Throws<ObjectDisposedException>(() => answer.Utf8.Length);
        Assert.Equal(1, _recorder.Dropped("client-gone"));
    }

    [Fact]
    public void Withdraw_BeforeOrAfterSomebodyAsks_Fires()
    {
        var (before, after) = (Call(Table(), 1, null), Call(Table(), 2, null));
        Assert.True(before.TryWithdraw(CallOutcome.TimedOut, "late"));
        Assert.True(before.Withdrawn.IsCancellationRequested);
        var token = after.Withdrawn;
        Assert.False(token.IsCancellationRequested);
        Assert.True(after.TryWithdraw(CallOutcome.Cancelled, "not wanted"));
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void Table_SameKeyOnOneResponse_IsTakenOnceAtATime()
    {
        var table = Table();
        var first = Call(table, 1, null);
        var second = Call(table, 1, first.Replies);
        Assert.True(table.TryAdd(first));
        Assert.Same(first, table.Only());
        Assert.False(table.TryAdd(second));
        Assert.True(second.TryEnd(CallOutcome.NotSent)); // it was never in the table, and takes nobody else out of it
        Assert.Same(first, table.Find(1));
        Assert.True(first.TryEnd(CallOutcome.Answered));
        Assert.False(first.TryEnd(CallOutcome.Failed));
        Assert.Null(table.Find(1));
        Assert.True(table.TryAdd(Call(table, 1, null)));
    }

    [Fact]
    public void Table_SameKeyOnOtherResponses_FindsTheOldestUntilItEnds()
    {
        var table = Table();
        var calls = Enumerable.Range(0, 4).Select(_ => Call(table, 1, null)).ToArray();
        Assert.All(calls, call => Assert.True(table.TryAdd(call)));
        Assert.Equal(4, table.Count);
        Assert.Null(table.Only());

        Assert.True(calls[1].TryEnd(CallOutcome.Answered));
        Assert.Same(calls[0], table.Find(1));
        Assert.True(calls[0].TryEnd(CallOutcome.Answered));
        Assert.Same(calls[2], table.Find(1));
        Assert.Equal([calls[2], calls[3]], table.Snapshot());
        Assert.True(calls[3].TryEnd(CallOutcome.Answered));
        Assert.Same(calls[2], table.Only());
    }

    [Fact]
    public void OldestListening_PassesOverThoseWhoAreGone()
    {
        var table = Table();
        var calls = new List<ClientCall>();
        for (var i = 0; i < 3; i++)
        {
            calls.Add(Call(table, 3 - i, null));
            table.TryAdd(calls[i]);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Null(table.Only());
        Assert.Same(calls[0], table.OldestListening());
        calls[0].Replies.Abandon();
        Assert.Same(calls[1], table.OldestListening());
    }

    private SessionCalls Table()
    {
        var calls = new SessionCalls(TestSessions.Any());
        calls.Join(new CallRegistry("one", isShared: false, _time, _recorder.Metrics));
        return calls;
    }

    private ClientCall Call(SessionCalls table, int id, ResponseStream? stream)
    {
        using var request = Json.Request(id);
        return new ClientCall(table, request.Envelope.Id, request, stream ?? ResponseStream.ForAnswers(_budget, _time));
    }

    private static int Drain(ResponseStream stream)
    {
        var count = 0;
        while (stream.TryRead(out var message))
        {
            message.Dispose();
            count++;
        }

        return count;
    }

    private sealed record Round(ClientCall Call, JsonRpcMessage Answer)
    {
        public bool Cancelled { get; set; }
    }
}
