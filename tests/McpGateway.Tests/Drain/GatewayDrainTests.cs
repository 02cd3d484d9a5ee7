using McpGateway.Configuration;
using McpGateway.Drain;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Drain;

public sealed class GatewayDrainTests : IDisposable
{
    // Of these, half are kept for children.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _calls = [];
    private readonly RecordingLog _log = new();
    private DrainState? _state;

    private DrainState State => _state!;

    public void Dispose() => _state?.Dispose();

    [Fact]
    public async Task Stop_ReachesEachParticipantInEachStage_InOrder()
    {
        var (first, second) = (new Participant("first", _calls), new Participant("second", _calls));

        await Drain(first, second).StoppingAsync(TestContext.Current.CancellationToken).Soon();

        DrainStage[] stages =
        [
            DrainStage.StopOpening, DrainStage.StopRequests,
            DrainStage.EndSessions, DrainStage.CutStreams, DrainStage.StopChildren,
            DrainStage.TellPeers, DrainStage.StopAccepting,
        ];
        Assert.Equal(stages.SelectMany(stage => new[] { $"first {stage}", $"second {stage}" }), _calls);
        Assert.True(State.IsDraining);
    }

    [Fact]
    public async Task Stage_BeginsWhenTheOneBeforeIsOver()
    {
        var slow = new Participant("slow", _calls) { Until = new TaskCompletionSource() };
        var stopping = Drain(slow, new Participant("other", _calls)).StoppingAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["slow StopOpening", "other StopOpening"], _calls);
        slow.Until.SetResult();
        await stopping.Soon();
        Assert.Equal("other StopAccepting", _calls[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Participant_ThatFails_IsLoggedAndStopsNobody(bool isAsync)
    {
        var bad = new Participant("bad", _calls) { Failure = new InvalidOperationException("broken"), FailsLater = isAsync };

        await Drain(bad, new Participant("good", _calls)).StoppingAsync(TestContext.Current.CancellationToken).Soon();

        Assert.Equal(7, _calls.Count(call => call.StartsWith("good", StringComparison.Ordinal)));
        Assert.Equal(7, _log.Errors.Count(error => error.Contains("Participant", StringComparison.Ordinal)));
        Assert.Contains(_log.Errors, error => error.Contains("StopChildren", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_IsAdvancedUntilNobodyIsBusy_OnceItHasSettled()
    {
        var work = new Work(_calls) { IsOpen = true };
        var stopping = Drain(work).StoppingAsync(TestContext.Current.CancellationToken);
        await _time.UntilTimersAsync(1);
        Assert.Equal(["StopOpening", "StopRequests", "advance False"], _calls);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        await _time.UntilTimersAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(50));

        await stopping.Soon();
        Assert.Equal(["advance False", "advance False", "advance True", "EndSessions"], _calls.Skip(2).Take(4));
        Assert.False(work.HasGivenUp);
    }

    [Fact]
    public async Task Work_ThatStaysBusy_IsGivenUpWithTimeLeftForChildren()
    {
        var work = new Work(_calls) { IsOpen = true, IsBusy = true };
        var stopping = Drain(work).StoppingAsync(TestContext.Current.CancellationToken);
        await _time.UntilTimersAsync(1);

        _time.Advance((Timeout / 2) - TimeSpan.FromMilliseconds(1));
        await _time.UntilTimersAsync(1);
        Assert.False(work.HasGivenUp);
        _time.Advance(TimeSpan.FromMilliseconds(50));

        await stopping.Soon();
        Assert.True(work.HasGivenUp);
        Assert.Equal("StopAccepting", _calls[^1]);
    }

    [Fact]
    public async Task Work_ThatIsNotOpen_IsNotWaitedFor()
    {
        var work = new Work(_calls);
        await Drain(work).StoppingAsync(TestContext.Current.CancellationToken).Soon();
        Assert.DoesNotContain(_calls, call => call.StartsWith("advance", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delay_EndsBySecondSignal_ButNotByTheFirst()
    {
        var stopping = Drain(TimeSpan.FromSeconds(30), new Participant("it", _calls))
            .StoppingAsync(TestContext.Current.CancellationToken);
        await _time.UntilTimersAsync(1);
        Assert.Equal(["it StopOpening"], _calls);

        State.Hurry(); // the same Ctrl+C, which every process of the terminal gets
        Assert.False(stopping.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        State.Hurry();

        await stopping.Soon();
        Assert.Equal("it StopAccepting", _calls[^1]);
    }

    [Fact]
    public async Task Delay_WithReplicas_IsFiveSeconds()
    {
        var state = new DrainState(
            Options.Create(new DrainOptions()), Options.Create(new ReplicasOptions { NamePattern = "gw-[0-9]+" }), _time);
        using (state)
        {
            Assert.True(state.OthersServe);
            Assert.Equal(TimeSpan.FromSeconds(5), state.Delay);
            var waiting = state.WaitForDelayAsync(TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromMilliseconds(4999));
            Assert.False(waiting.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await waiting.Soon();
        }
    }

    private GatewayDrain Drain(params IDrainParticipant[] participants) => Drain(TimeSpan.Zero, participants);

    private GatewayDrain Drain(TimeSpan delay, params IDrainParticipant[] participants)
    {
        var options = Options.Create(new DrainOptions { Delay = delay, Timeout = Timeout });
        _state = new DrainState(options, Options.Create(new ReplicasOptions()), _time);
        return new GatewayDrain(_state, participants, options, _time, _log);
    }

    private sealed class Participant(string name, List<string> calls) : IDrainParticipant
    {
        public TaskCompletionSource? Until { get; init; }

        public Exception? Failure { get; init; }

        public bool FailsLater { get; init; }

        public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken)
        {
            calls.Add($"{name} {stage}");
            if (Failure is null)
                return Until?.Task ?? Task.CompletedTask;
            return FailsLater ? Task.FromException(Failure) : throw Failure;
        }
    }

    private sealed class Work(List<string> calls) : IWorkInFlight
    {
        public bool IsOpen { get; init; }

        public bool IsBusy { get; init; }

        public bool HasGivenUp { get; private set; }

        public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken)
        {
            calls.Add(stage.ToString());
            return Task.CompletedTask;
        }

        public Task AdvanceAsync(bool isSettled)
        {
            calls.Add($"advance {isSettled}");
            return Task.CompletedTask;
        }

        public void GiveUp() => HasGivenUp = true;
    }

    private sealed class RecordingLog : ILogger<GatewayDrain>
    {
        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel is LogLevel.Error)
                Errors.Add(formatter(state, exception));
        }
    }
}
