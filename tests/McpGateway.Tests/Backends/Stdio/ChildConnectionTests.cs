using McpGateway.Backends.Stdio.Connection;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class ChildConnectionTests : IAsyncDisposable
{
    private const int MaxMessageBytes = 2000;

    private readonly ServersFixture _fixture = new(MaxMessageBytes);
    private readonly RecordingListener _listener = new();
    private readonly ServerState _server = new(ServersFixture.Config());
    private readonly ChildConnection _connection;
    private readonly FakeChild _child = new();

    public ChildConnectionTests()
    {
        _fixture.Launcher.Make = () => _child;
        _connection = _fixture.Starter.Start(_server, _listener, _fixture.Calls);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().Soon();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Call_Answers_ReachTheCallsThatAskedInAnyOrder()
    {
        var (first, second) = (new RecordingCall(_fixture.Calls), new RecordingCall(_fixture.Calls));
        await CallAsync(first, "\"mine\"");
        await CallAsync(second, "\"mine\"");
        Assert.Contains("\"id\":1,", await _child.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("\"id\":2,", await _child.ReadAsync(), StringComparison.Ordinal);
        await _child.AnswerAsync(2, "\"two\"");
        await _child.AnswerAsync(1, "\"one\"");
        Assert.Contains("\"two\"", await second.AnswerAsync(), StringComparison.Ordinal);
        Assert.Contains("\"one\"", await first.AnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ErrorAnswer_IsAnAnswer()
    {
        var call = await CalledAsync();
        await _child.SayAsync("""{"jsonrpc":"2.0","id":1,"error":{"code":5,"message":"no"}}""");
        Assert.Contains("\"code\":5", await call.AnswerAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("\"1\"")]
    [InlineData("99999999999999999999")]
    public async Task Answer_IdThatNobodyAskedWith_IsDroppedAndCounted(string id)
    {
        var call = await CalledAsync();
        await _child.SayAsync($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{}}""");
        await HearAsync();
        Assert.Equal(0, call.Told);
        Assert.Equal(1, _fixture.Recorder.Dropped("unknown-id"));
    }

    [Fact]
    public async Task Answer_Twice_IsTakenOnce()
    {
        var call = await CalledAsync();
        await _child.PrintAsync("""
            {"jsonrpc":"2.0","id":1,"result":"first"}
            {"jsonrpc":"2.0","id":1,"result":"second"}

            """.ReplaceLineEndings("\n"));
        Assert.Contains("first", await call.AnswerAsync(), StringComparison.Ordinal);
        await HearAsync();
        Assert.Equal(0, call.Told);
        Assert.Equal(1, _fixture.Recorder.Dropped("unknown-id"));
    }

    [Fact]
    public async Task End_ThenAnswer_IsDropped()
    {
        var call = await CalledAsync();
        Assert.True(call.TryEnd(CallOutcome.TimedOut));
        Assert.False(call.TryEnd(CallOutcome.TimedOut));
        await _child.AnswerAsync(1);
        await HearAsync();
        Assert.Equal(0, call.Told);
    }

    [Fact]
    public async Task Say_RequestOrNotification_GoesToTheListener()
    {
        await _child.SayAsync("""{"jsonrpc":"2.0","id":1,"method":"roots/list"}""");
        Assert.Contains("roots/list", await _listener.HeardAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_WithPendingCalls_FailsEachOnceWithCodeAndLastLines()
    {
        var calls = new[] { await CalledAsync(), await CalledAsync(), await CalledAsync() };
        await _child.ComplainAsync("cannot go on\n");
        _child.Exit(3);
        foreach (var call in calls)
        {
            var error = await call.ErrorAsync();
            Assert.Equal(JsonRpcErrorCode.InternalError, error.Code);
            Json.Equal("""{"server":"one","exitCode":3,"stderr":["cannot go on"],"retryAfterMs":0}""",
                error.Data!.ToJsonString());
        }

        Assert.Contains("exited with code 3", (await _listener.LostAsync()).Message, StringComparison.Ordinal);
        Assert.All(calls, call => Assert.Equal(0, call.Told));
        var late = new RecordingCall(_fixture.Calls);
        await CallAsync(late, "5");
        Assert.Contains("exited with code 3", (await late.ErrorAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(0, _fixture.Budget.Queued);
    }

    [Fact]
    public async Task Exit_AnswerStillInThePipe_IsRelayed()
    {
        var call = await CalledAsync();
        await _child.AnswerAsync(1, "\"last words\"");
        _child.Exit(1);
        Assert.Contains("last words", await call.AnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_PipesHeldOpen_FailsTheCallsAfterTheDrainTimeout()
    {
        var call = await CalledAsync();
        _child.ExitHoldingPipes(4);
        await _fixture.Time.UntilTimersAsync(1);
        Assert.Equal(0, call.Told);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("exited with code 4", (await call.ErrorAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stdout_ClosedWithoutExit_FailsTheCallsAfterTheDrainTimeout()
    {
        var call = await CalledAsync();
        _child.CloseOutput();
        await _fixture.Time.UntilTimersAsync(1);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var error = await call.ErrorAsync();
        Assert.Contains("closed its standard output", error.Message, StringComparison.Ordinal);
        Assert.False(error.Data!.ContainsKey("exitCode"));
        await _listener.LostAsync();
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"result":{}}""")]
    [InlineData("""{"id":1,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{},"result":{}}""")]
    public async Task Answer_Invalid_FailsItsCall(string answer)
    {
        var (call, other) = (await CalledAsync(), await CalledAsync());
        await _child.SayAsync(answer);
        Assert.Contains("cannot be relayed", (await call.ErrorAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Told);
        Assert.Equal(1, _fixture.Recorder.Sum("mcpgateway.children.noise"));
    }

    [Theory]
    [InlineData("""{"id":1,"level":"info","message":"a line of a log"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("just noise")]
    [InlineData("[]")]
    public async Task Noise_WithOrWithoutAnId_FailsNoCall(string line)
    {
        var call = await CalledAsync();
        await _child.SayAsync(line);
        await HearAsync();
        Assert.Equal(0, call.Told);
        Assert.Equal(1, _fixture.Recorder.Sum("mcpgateway.children.noise"));
    }

    [Fact]
    public async Task Request_Invalid_IsAnsweredAndFailsNoCallOfTheSameId()
    {
        var call = await CalledAsync();
        await _child.SayAsync("""{"jsonrpc":"2.0","id":1,"method":"roots/list","params":[]}""");
        var answer = await _child.ReadAsync();
        Assert.Contains("\"id\":1,", answer, StringComparison.Ordinal);
        Assert.Contains("-32600", answer, StringComparison.Ordinal);
        Assert.Equal(0, call.Told);
    }

    [Fact]
    public async Task Blank_Lines_AreNoNoise()
    {
        await _child.PrintAsync("\n\r\n \t\n");
        await _child.PrintAsync(" ");
        await HearAsync();
        Assert.Equal(0, _fixture.Recorder.Sum("mcpgateway.children.noise"));
    }

    [Fact]
    public async Task Answer_TooLong_FailsItsCallAndTheNextAnswerComes()
    {
        var (call, next) = (await CalledAsync(), await CalledAsync());
        await _child.AnswerAsync(1, $"\"{new string('x', MaxMessageBytes)}\"");
        await _child.AnswerAsync(2);
        Assert.Contains("Limits:MessageBytes", (await call.ErrorAsync()).Message, StringComparison.Ordinal);
        await next.AnswerAsync();
    }

    [Fact]
    public async Task Request_TooLong_IsAnswered()
    {
        var call = await CalledAsync();
        await _child.SayAsync(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"x","params":{"x":"{{{new string('x', MaxMessageBytes)}}}"}}""");
        Assert.Contains("-32600", await _child.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal(0, call.Told);
    }

    [Fact]
    public async Task Notification_TooLong_IsDroppedAndCounted()
    {
        await _child.SayAsync($$$"""{"jsonrpc":"2.0","method":"x","params":{"x":"{{{new string('x', MaxMessageBytes)}}}"}}""");
        await HearAsync();
        Assert.Equal(1, _fixture.Recorder.Dropped("too-long"));
    }

    [Fact]
    public async Task Call_ChildDoesNotRead_WaitsAndIsFreedWhenWithdrawn()
    {
        var filling = await FillAsync();
        Assert.True(_fixture.Budget.Queued > 0);
        var call = new RecordingCall(_fixture.Calls);
        var calling = CallAsync(call, "1");
        Assert.False(calling.IsCompleted);
        Assert.Equal(CallState.Queued, call.State);
        Assert.True(call.TryWithdraw(CallOutcome.Cancelled, "not wanted"));
        await calling.Soon();
        Assert.Equal(0, call.Told);
        Assert.Equal(CallState.Ended, call.State);
        Assert.Null(_connection.Calls.Find(call.ServerId));
        Assert.False(filling.IsCompleted);

        using var message = Json.Notification("x");
        _connection.TrySend(message);
        Assert.Equal(1, _fixture.Recorder.Dropped("child-queue-full"));
    }

    [Fact]
    public async Task Withdraw_CallThatWasNotRead_FreesWhatItHeld()
    {
        // The writer is stuck with this.
        await _connection.SendAsync(
            Json.Message($$$"""{"jsonrpc":"2.0","method":"{{{new string('x', 200_000)}}}"}"""), CancellationToken.None);
        await Waiting.UntilAsync(() => _fixture.Budget.Queued == 0);
        var call = new RecordingCall(_fixture.Calls);
        await CallAsync(call, "1");
        Assert.True(_fixture.Budget.Queued > 0);

        Assert.True(call.TryWithdraw(CallOutcome.Cancelled, "not wanted"));

        Assert.Equal(0, _fixture.Budget.Queued); // nor is the child told of the end of what it has never seen
        Assert.Null(_connection.Calls.Find(call.ServerId));
        Assert.Equal(CallState.Ended, call.State);
        Assert.False(call.TryWithdraw(CallOutcome.Cancelled, "not wanted"));
        Assert.Equal(0, call.Told);
    }

    [Fact]
    public async Task Notification_ChildDoesNotRead_IsGivenUpAfterTheRequestTimeout()
    {
        var waiting = await FillAsync();
        Assert.False(waiting.IsCompleted);
        _fixture.Time.Advance(_server.Config.RequestTimeout);
        await waiting.Soon();
        Assert.Equal(1, _fixture.Recorder.Dropped("child-queue-full"));
    }

    [Fact]
    public async Task Call_WithdrawnBeforeItIsSent_NeverReachesTheChild()
    {
        var call = new RecordingCall(_fixture.Calls);
        Assert.True(call.TryWithdraw(CallOutcome.Cancelled, "not wanted"));
        await CallAsync(call, "1");
        await _connection.SendAsync(Json.Notification("after"), CancellationToken.None);
        Assert.Contains("after", await _child.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal(0L, call.ServerId);
        Assert.Equal(0, call.Told);
    }

    [Fact]
    public async Task Dispose_WhileCallsWait_FailsThemOnceAndFreesAll()
    {
        var sent = await CalledAsync();
        var filling = await FillAsync();
        var call = new RecordingCall(_fixture.Calls);
        var calling = CallAsync(call, "1");
        await _connection.DisposeAsync().Soon();
        await calling.Soon();
        await filling.Soon();
        Assert.Contains("was stopped", (await call.ErrorAsync()).Message, StringComparison.Ordinal);
        Assert.Contains("was stopped", (await sent.ErrorAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(0, call.Told + sent.Told);
        Assert.False(_listener.IsLost);
        Assert.Equal(0, _fixture.Budget.Queued);
        Assert.Equal(0, _fixture.Recorder.Sum("mcpgateway.children"));
        Assert.True(_child.IsDisposed);
    }

    [Fact]
    public async Task Send_ChildClosedItsInput_FailsInsteadOfWaiting()
    {
        using var broken = new BrokenInput();
        var child = new FakeChild { StandardInput = broken };
        await using var connection = Start(child);
        await connection.SendAsync(Json.Notification("first"), CancellationToken.None);
        await broken.Written.Soon();
        for (var i = 0; i < QueueLimits.Default.Messages + 2; i++)
            await connection.SendAsync(Json.Notification("x"), CancellationToken.None).Soon();
        var call = new RecordingCall(_fixture.Calls);
        await connection.CallAsync(Json.Request(1), call).Soon();
        Assert.Contains("no longer reads", (await call.ErrorAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(0, _fixture.Budget.Queued);
    }

    [Fact]
    public async Task Dispose_StopFails_FreesThePipesAndSaysSo()
    {
        var child = new FakeChild { StopFailure = new InvalidOperationException("no") };
        var connection = Start(child);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.DisposeAsync().Soon());
        Assert.True(child.IsDisposed);
    }

    [Fact]
    public async Task Dispose_Twice_StopsOnce()
    {
        await Task.WhenAll(_connection.DisposeAsync().AsTask(), _connection.DisposeAsync().AsTask()).Soon();
        Assert.Equal(1, _child.Stops);
    }

    [Fact]
    public async Task Calls_RacingWithTheChildsDeath_AreEachToldOnce()
    {
        for (var round = 0; round < 200; round++)
        {
            var child = new FakeChild();
            await using var connection = Start(child);
            var calls = Enumerable.Range(0, 10).Select(_ => new RecordingCall(_fixture.Calls)).ToArray();
            var calling = calls.Select(call => Task.Run(() => connection.CallAsync(Json.Request(1), call).AsTask()));
            var dying = Task.Run(() => child.Exit(1), TestContext.Current.CancellationToken);
            await Task.WhenAll([.. calling, dying]).Soon();
            foreach (var call in calls)
            {
                await call.ErrorAsync();
                Assert.Equal(0, call.Told);
            }
        }
    }

    private ChildConnection Start(FakeChild child)
    {
        _fixture.Launcher.Make = () => child;
        return _fixture.Starter.Start(_server, new RecordingListener(), _fixture.Calls);
    }

    private async Task<RecordingCall> CalledAsync()
    {
        var call = new RecordingCall(_fixture.Calls);
        await CallAsync(call, "\"client\"");
        await _child.ReadAsync();
        return call;
    }

    private Task CallAsync(RecordingCall call, string id) =>
        _connection.CallAsync(Json.Message($$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call"}"""), call).AsTask();

    // What was printed before has been read when the listener hears this.
    private async Task HearAsync()
    {
        await _child.SayAsync("""{"jsonrpc":"2.0","method":"heard"}""");
        Assert.Contains("heard", await _listener.HeardAsync(), StringComparison.Ordinal);
    }

    /// <summary>Sends until the queue to a child that does not read is full.</summary>
    /// <returns>Waits for room.</returns>
    private async Task<Task> FillAsync()
    {
        // More than the pipe holds, so that the writer is stuck before the queue is filled.
        await _connection.SendAsync(
            Json.Message($$$"""{"jsonrpc":"2.0","method":"{{{new string('x', 200_000)}}}"}"""), CancellationToken.None);
        await Waiting.UntilAsync(() => _fixture.Budget.Queued == 0);
        for (var i = 0; i < QueueLimits.Default.Messages; i++)
            await _connection.SendAsync(Json.Notification("fill"), CancellationToken.None);
        return _connection.SendAsync(Json.Notification("fill"), CancellationToken.None).AsTask();
    }

    /// <summary>What writes to a pipe that nobody reads.</summary>
    private sealed class BrokenInput : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.TrySetResult();
            throw new IOException("Broken pipe");
        }
    }
}
