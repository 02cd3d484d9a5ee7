using System.Runtime.CompilerServices;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;

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
        const int rounds = 10_000;
        var table = Table();
        using var barrier = new Barrier(4);
        Round? current = null;
        var answering = Racer(round => round.Call.OnAnswerAsync(round.Answer));
        var failing = Racer(round => round.Call.OnFailedAsync(new JsonRpcError(-1, "late")));
        var cancelling = Racer(round =>
        {
            if (table.Remove(round.Call))
            {
                round.Cancelled = true;
                round.Call.Replies.Release();
            }

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
        await call.OnAnswerAsync(Json.Message("""{"jsonrpc":"2.0","id":1,"result":{"a":1}}"""));
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
        await call.OnAnswerAsync(answer);
        Assert.Throws<ObjectDisposedException>(() => answer.Utf8.Length);
        Assert.Equal(1, _recorder.Dropped("client-gone"));
    }

    [Fact]
    public void Abandon_BeforeOrAfterSomebodyAsks_Fires()
    {
        var (before, after) = (Call(Table(), 1, null), Call(Table(), 2, null));
        before.Abandon();
        Assert.True(before.Abandoned.IsCancellationRequested);
        var token = after.Abandoned;
        Assert.False(token.IsCancellationRequested);
        after.Abandon();
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void Table_SameKey_IsTakenOnceAtATime()
    {
        var table = Table();
        var (first, second) = (Call(table, 1, null), Call(table, 1, null));
        Assert.True(table.TryAdd(first));
        Assert.Same(first, table.Only());
        Assert.False(table.TryAdd(second));
        Assert.False(table.Remove(second));
        Assert.True(table.Remove(first));
        Assert.False(table.Remove(first));
        Assert.True(table.TryAdd(second));
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

    private CallRegistry Table() => new("one", _time, _recorder.Metrics);

    private ClientCall Call(CallRegistry table, int id, ResponseStream? stream)
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

public sealed class ServerRequestTableTests : IDisposable
{
    private readonly SessionsFixture _fixture = new();
    private readonly ServerRequestTable _asked = new(hidesProgressTokens: false);
    private readonly ChildConnection _child = Child();
    private readonly Session _alice;
    private readonly Session _bob;

    public ServerRequestTableTests()
    {
        var manager = _fixture.Manager();
        var server = new StdioServerState(ServersFixture.Config());
        manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Alice, out var alice);
        manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Bob, out var bob);
        (_alice, _bob) = (alice!, bob!);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void TryTake_OnlyWhatThisSessionWasAskedAndOnlyOnce()
    {
        var id = Ask("\"child\"");
        Assert.Null(_asked.TryTake(_alice, id + 1));
        Assert.Null(_asked.TryTake(_alice, JsonRpcId.FromString($"{id}")));
        Assert.Null(_asked.TryTake(_alice, default));
        Assert.Null(_asked.TryTake(_bob, id));
        Assert.Equal(JsonRpcId.FromString("child"), _asked.TryTake(_alice, id)?.ChildId);
        Assert.Null(_asked.TryTake(_alice, id));
    }

    [Fact]
    public void TryAsk_ChildsIdInFlight_IsRefused()
    {
        var first = Ask("5");
        using var second = Json.Message("""{"jsonrpc":"2.0","id":5,"method":"roots/list"}""");
        Assert.False(_asked.TryAsk(_bob, second, null, _child));
        Assert.NotEqual(first, Ask("\"5\""));
        Assert.True(_asked.TryAsk(_bob, second, null, Child())); // another child's ids are its own
        _asked.TryTake(_alice, first);
        Assert.NotEqual(first, Ask("5"));
    }

    [Fact]
    public void TryTake_ByTheChildsId_GivesTheClientsIdOnce()
    {
        var id = Ask("5");
        Assert.Null(_asked.TryTake(_child, 6));
        Assert.Equal(id, _asked.TryTake(_child, 5)?.ClientId);
        Assert.Null(_asked.TryTake(_child, 5));
        Assert.Null(_asked.TryTake(_alice, id));
    }

    [Fact]
    public void TakeAll_TakesOneSessionsOnly()
    {
        var (first, second) = (Ask("1"), Ask("2"));
        var other = Ask("3", _bob);
        Assert.Equal([first, second], _asked.TakeAll(_alice).Select(asked => asked.ClientId).Order());
        Assert.Null(_asked.TryTake(_alice, first));
        Assert.NotNull(_asked.TryTake(_bob, other));
    }

    [Fact]
    public void ChildTokenOf_IsKnownToTheAskedSessionAlone()
    {
        using var request = Json.Message("""{"jsonrpc":"2.0","id":5,"method":"roots/list","params":{"_meta":{"progressToken":"child"}}}""");
        Assert.True(_asked.TryAsk(_alice, request, null, _child));
        Assert.Equal(JsonRpcId.FromString("child"), _asked.ChildTokenOf(_alice, 1));
        Assert.True(_asked.ChildTokenOf(_bob, 1).IsNone);
        _asked.TryTake(_alice, 1);
        Assert.True(_asked.ChildTokenOf(_alice, 1).IsNone);
    }

    [Fact]
    public void AnyWithoutCall_TellsWhetherTheClientIsAskedForNoCallOfItsOwn()
    {
        var call = Call();
        var id = Ask("1", _alice, call);
        Assert.False(_asked.AnyWithoutCall(_alice));
        Assert.True(call.WaitsForClient);
        _asked.TryTake(_alice, id);
        Assert.False(call.WaitsForClient);
        Ask("2");
        Assert.True(_asked.AnyWithoutCall(_alice));
        Assert.False(_asked.AnyWithoutCall(_bob));
        _asked.TryTake(_child, 2);
        Assert.False(_asked.AnyWithoutCall(_alice));
    }

    private ClientCall Call()
    {
        using var request = Json.Request(1);
        return new ClientCall(_alice.Calls, 1, request, _fixture.Post());
    }

    // None that runs: who it is, is all that counts here.
    private static ChildConnection Child() => (ChildConnection)RuntimeHelpers.GetUninitializedObject(typeof(ChildConnection));

    private long Ask(string childId, Session? session = null, ClientCall? call = null)
    {
        using var request = Json.Message($$"""{"jsonrpc":"2.0","id":{{childId}},"method":"roots/list"}""");
        Assert.True(_asked.TryAsk(session ?? _alice, request, call, _child));
        return (long)System.Text.Json.Nodes.JsonNode.Parse(Json.Written(request))!["id"]!;
    }
}

public sealed class HeldMessagesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly QueueBudget _budget = new(long.MaxValue);

    [Fact]
    public void TryHold_Bytes_AreBoundedAndCountedInTheBudget()
    {
        var held = new HeldMessages(_time, _budget);
        var large = (int)QueueLimits.Default.Bytes;
        Assert.True(held.TryHold(Json.Notification(new string('x', large))));
        using var more = Json.Notification("x");
        Assert.False(held.TryHold(more));
        Assert.True(_budget.Queued > large);
        Assert.True(held.TryTake(out var first));
        first.Dispose();
        Assert.Equal(0, _budget.Queued);
        Assert.True(held.TryHold(more));
    }

    [Fact]
    public void Close_DisposesOfWhatWaitsAndTakesNoMore()
    {
        var held = new HeldMessages(_time, _budget);
        var message = Json.Notification("x");
        Assert.True(held.TryHold(message));
        held.Close();
        Assert.Throws<ObjectDisposedException>(() => message.Utf8.Length);
        using var late = Json.Notification("x");
        Assert.False(held.TryHold(late));
        Assert.Equal(0, _budget.Queued);
    }

    [Fact]
    public void TryHold_TheThirtyThird_IsFull()
    {
        var held = new HeldMessages(_time, _budget);
        for (var i = 0; i < 32; i++)
            Assert.True(held.TryHold(Json.Request(i)));
        using var more = Json.Request(99);
        Assert.False(held.TryHold(more));
        Assert.True(held.TryTake(out var oldest));
        Assert.Equal((JsonRpcId)0, oldest.Envelope.Id);
        Assert.True(held.TryHold(more));
    }

    [Fact]
    public void TryTakeExpired_AfterThirtySeconds_GivesThoseOnly()
    {
        var held = new HeldMessages(_time, _budget);
        held.TryHold(Json.Request(1));
        _time.Advance(TimeSpan.FromSeconds(20));
        held.TryHold(Json.Request(2));
        Assert.False(held.TryTakeExpired(_time.Advance(TimeSpan.FromSeconds(9)), out _));
        Assert.True(held.TryTakeExpired(_time.Advance(TimeSpan.FromSeconds(1)), out var expired));
        Assert.Equal((JsonRpcId)1, expired.Envelope.Id);
        Assert.False(held.TryTakeExpired(_time.GetTimestamp(), out _));
        Assert.True(held.TryTakeExpired(_time.Advance(TimeSpan.FromSeconds(20)), out _));
    }
}
