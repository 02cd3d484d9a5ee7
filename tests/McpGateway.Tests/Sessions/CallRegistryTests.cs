using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Sessions;

public sealed class CallRegistryTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MetricsRecorder _recorder = new();
    private readonly QueueBudget _budget = new(long.MaxValue);
    private readonly FakeConnection _connection = new();
    private readonly List<JsonRpcId> _answered = [];

    public void Dispose() => _recorder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_Answered_GoesFromQueuedOverSentToEnded(bool isShared)
    {
        var (registry, calls, sent) = Parts(isShared);
        var call = Added(calls, 7);
        Assert.Equal(CallState.Queued, call.State);
        Send(sent, call);
        Assert.Equal(CallState.Sent, call.State);
        Assert.Same(call, sent.Find(call.ServerId));
        Assert.Same(call, calls.Only());
        Assert.True(sent.AnyAwaited);

        await call.TakeAnswerAsync(Answer(call));

        Assert.Equal((CallState.Ended, CallOutcome.Answered), (call.State, call.Outcome));
        Assert.Null(sent.Find(call.ServerId));
        Assert.Equal(0, calls.Count);
        Assert.True(registry.IsIdle);
        Assert.False(sent.AnyAwaited);
        Assert.Single(_answered);
        Assert.Empty(_connection.Cancelled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Withdraw_Queued_EndsItAndTellsNobody(bool isShared)
    {
        var (_, calls, sent) = Parts(isShared);
        var call = Added(calls, 7);
        Assert.True(call.TryCancel("not wanted"));
        Assert.Equal((CallState.Ended, CallOutcome.Cancelled), (call.State, call.Outcome));
        Assert.Empty(_connection.Cancelled);
        using var request = Json.Request(7);
        Assert.False(sent.TrySend(call, request));
        Assert.Null(sent.Find(1));
    }

    [Fact]
    public async Task Withdraw_SentToAServerOfItsOwn_EndsItAndTellsTheServer()
    {
        var (_, calls, sent) = Parts(isShared: false);
        var call = Sent(calls, sent, 7);
        Assert.True(call.TryCancel("not wanted"));
        Assert.Equal(CallState.Ended, call.State);
        Assert.Equal([call], _connection.Cancelled);
        Assert.Null(sent.Find(call.ServerId));
        await call.TakeAnswerAsync(Answer(call));
        Assert.Empty(_answered);
    }

    [Fact]
    public async Task Withdraw_SentToASharedServer_IsInFlightUntilItIsAnswered()
    {
        var (registry, calls, sent) = Parts(isShared: true);
        var call = Sent(calls, sent, 7);
        await call.WithdrawAsync(CallOutcome.TimedOut, "late", new JsonRpcError(-1, "late"));
        Assert.Equal((CallState.Unanswered, CallOutcome.TimedOut), (call.State, call.Outcome));
        Assert.Equal([call], _connection.Cancelled);
        Assert.Equal(0, calls.Count);
        Assert.Same(calls.Session, registry.OnlySession);
        Assert.Same(call, sent.Find(call.ServerId));
        Assert.False(sent.AnyAwaited);
        Assert.False(call.TryCancel("again"));
        Assert.Equal(CallState.Unanswered, call.State);

        await call.TakeAnswerAsync(Answer(call));

        Assert.Equal((CallState.Ended, CallOutcome.TimedOut), (call.State, call.Outcome));
        Assert.True(registry.IsIdle);
        Assert.Single(_answered); // what it hands out is the session's all the same
    }

    [Fact]
    public void Requeue_ForWantOfRoom_IsSentAgainUnderTheSameId()
    {
        var (registry, calls, sent) = Parts(isShared: true);
        var call = Sent(calls, sent, 7);
        var id = call.ServerId;
        Assert.True(sent.TryRequeue(call));
        Assert.Equal(CallState.Queued, call.State);
        Assert.Null(sent.Find(id));
        Assert.True(registry.IsIdle);
        Send(sent, call);
        Assert.Equal(id, call.ServerId);
        Assert.True(call.TryCancel("not wanted"));
        Assert.False(sent.TryRequeue(call));
        Assert.False(call.TryEnd(CallOutcome.NotSent));
        Assert.Equal((CallState.Ended, CallOutcome.Cancelled), (call.State, call.Outcome));
        Assert.True(registry.IsIdle);
    }

    [Fact]
    public void OnlySession_IsWhoseCallsAreTheOnlyOnes()
    {
        var (registry, first, sent) = Parts(isShared: true);
        var second = Joined(registry);
        Assert.Null(registry.OnlySession);
        ClientCall[] calls = [Sent(first, sent, 1), Sent(first, sent, 2)];
        Assert.Same(first.Session, registry.OnlySession);
        Assert.Null(first.Only());
        Added(second, 1); // the server has not seen it
        Assert.Same(first.Session, registry.OnlySession);
        var other = Sent(second, sent, 2);
        Assert.Null(registry.OnlySession);
        Assert.All(calls, call => call.TryEnd(CallOutcome.Answered));
        Assert.Same(second.Session, registry.OnlySession);
        Assert.Null(second.Only()); // one of two
        other.TryEnd(CallOutcome.Answered);
        Assert.True(registry.IsIdle);
    }

    [Fact]
    public void Only_OneOpenBesideOneWithdrawn_IsNone()
    {
        var (_, calls, sent) = Parts(isShared: true);
        Sent(calls, sent, 1).TryCancel("not wanted");
        Sent(calls, sent, 2);
        Assert.Null(calls.Only());
    }

    [Fact]
    public void ForgetUnanswered_EndsThoseOfBeforeATime()
    {
        var (registry, calls, sent) = Parts(isShared: true);
        var early = Sent(calls, sent, 1);
        early.TryCancel("not wanted");
        var at = _time.Advance(TimeSpan.FromSeconds(1));
        var late = Sent(calls, sent, 2);
        late.TryCancel("not wanted");
        registry.ForgetUnansweredBefore(at);
        Assert.Equal(CallState.Ended, early.State);
        Assert.Equal(CallState.Unanswered, late.State);
        registry.ForgetUnansweredBefore(_time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(CallState.Ended, late.State);
        Assert.True(registry.IsIdle);
    }

    [Fact]
    public async Task Withdraw_TooManyUnanswered_TheOldestCountForTheirTimeWhateverIsAnswered()
    {
        var (registry, first, sent) = Parts(isShared: true);
        var second = Joined(registry);
        var oldest = Sent(first, sent, 1);
        oldest.TryCancel("not wanted");
        var answered = _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 4096; i++)
        {
            var call = Sent(second, sent, i);
            call.TryCancel("not wanted");
            await call.TakeAnswerAsync(Answer(call));
        }

        Assert.Equal(CallState.Ended, oldest.State);
        Assert.Null(sent.Find(oldest.ServerId));
        Assert.Same(first.Session, registry.OnlySession);
        registry.ForgetUnansweredBefore(answered);
        Assert.True(registry.IsIdle);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnswerFailureCancellationAndTimeOut_InARace_EndASentCallOnce(bool isShared)
    {
        var rounds = Stress.Times(300);
        var (registry, calls, sent) = Parts(isShared);
        using var barrier = new Barrier(5);
        ClientCall? current = null;
        var (told, ended) = (0, 0);
        Task[] racers =
        [
            Racer(call => call.TakeAnswerAsync(Answer(call))),
            Racer(call => call.FailAsync(new JsonRpcError(-1, "late"))),
            Racer(call =>
            {
                call.TryCancel("not wanted");
                return default;
            }),
            Racer(call => call.WithdrawAsync(CallOutcome.TimedOut, "late", new JsonRpcError(-2, "late"))),
        ];
        for (var i = 1; i <= rounds; i++)
        {
            _answered.Clear();
            current = Sent(calls, sent, i);
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            var written = 0;
            while (current.Replies.TryRead(out var message))
            {
                message.Dispose();
                written++;
            }

            var withdrawn = current.Outcome is CallOutcome.Cancelled or CallOutcome.TimedOut;
            Assert.Equal(current.Outcome is CallOutcome.Cancelled ? 0 : 1, written);
            Assert.False(current.Replies.IsOpen);
            Assert.Equal(told += withdrawn ? 1 : 0, _connection.Cancelled.Count);
            Assert.InRange(_answered.Count, current.Outcome is CallOutcome.Answered ? 1 : 0, isShared || !withdrawn ? 1 : 0);
            Assert.Equal(CallState.Ended, current.State);
            Assert.Null(sent.Find(current.ServerId));
            Assert.Equal(0, calls.Count);
            Assert.True(registry.IsIdle);
            ended++;
        }

        await Task.WhenAll(racers).Soon();
        Assert.Equal(rounds, ended);
        Assert.Equal(0, _budget.Queued);

        Task Racer(Func<ClientCall, ValueTask> step) => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                barrier.SignalAndWait();
                step(current!).AsTask().GetAwaiter().GetResult();
                barrier.SignalAndWait();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private (CallRegistry Registry, SessionCalls Calls, ConnectionCalls Sent) Parts(bool isShared)
    {
        var registry = new CallRegistry("one", isShared, _time, _recorder.Metrics)
        {
            OnAnswered = (call, _) =>
            {
                lock (_answered)
                    _answered.Add(call.ClientId);
            },
        };
        return (registry, Joined(registry), new ConnectionCalls(registry, _connection));
    }

    private static SessionCalls Joined(CallRegistry registry)
    {
        var calls = new SessionCalls(TestSessions.Any());
        calls.Join(registry);
        return calls;
    }

    private ClientCall Added(SessionCalls calls, int id)
    {
        using var request = Json.Request(id);
        var call = new ClientCall(calls, id, request, ResponseStream.ForAnswers(_budget, _time));
        Assert.True(calls.TryAdd(call));
        return call;
    }

    private ClientCall Sent(SessionCalls calls, ConnectionCalls sent, int id)
    {
        var call = Added(calls, id);
        Send(sent, call);
        return call;
    }

    private static void Send(ConnectionCalls sent, ClientCall call)
    {
        using var request = Json.Request(1);
        Assert.True(sent.TrySend(call, request));
    }

    private static JsonRpcMessage Answer(ClientCall call) =>
        Json.Message($$$"""{"jsonrpc":"2.0","id":{{{call.ServerId}}},"result":{}}""");
}
