using System.Runtime.InteropServices;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Drain;

/// <summary>
/// Stops the gateway in the order of <see cref="DrainStage"/>. It runs before the host closes the listeners: their own stop
/// waits for open streams, which would otherwise never end.
/// </summary>
internal sealed partial class GatewayDrain(
    DrainState drain, IEnumerable<IDrainParticipant> participants, IOptions<DrainOptions> options, TimeProvider time,
    ILogger<GatewayDrain> log) : IHostedLifecycleService
{
    // Polled, since work in flight has no one event for its end; 50 ms is not noticed in a stop.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    // A request may have been accepted just before the gateway stopped accepting them, and not be counted yet.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMilliseconds(100);

    // Part of Drain:Timeout that is kept for children which do not end by themselves.
    private static readonly TimeSpan TimeForChildren = TimeSpan.FromSeconds(8);

    private readonly IDrainParticipant[] _participants = [.. participants];
    private readonly List<PosixSignalRegistration> _signals = [];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The host handles the first signal, which begins the drain; DrainState ignores it here.
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
            _signals.Add(PosixSignalRegistration.Create(signal, _ => drain.Hurry()));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Begin();
        Log.Draining(log, drain.Delay);
        // In the order of their numbers, which is that of the declaration.
        foreach (var stage in Enum.GetValues<DrainStage>())
        {
            await (stage switch
            {
                DrainStage.Delay => drain.WaitForDelayAsync(cancellationToken),
                DrainStage.FinishCalls => FinishCallsAsync(cancellationToken),
                _ => AskAllAsync(stage, participant => participant.DrainAsync(stage, cancellationToken), _participants),
            });
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        // Only now, so that a second signal during the drain reaches Hurry.
        _signals.ForEach(signal => signal.Dispose());
        return Task.CompletedTask;
    }

    private async Task FinishCallsAsync(CancellationToken cancellationToken)
    {
        IWorkInFlight[] work = [.. _participants.OfType<IWorkInFlight>()];
        // A gateway that nobody uses stops at once, without the settling time.
        if (!Array.Exists(work, participant => participant.IsOpen))
            return;
        // At most half of it, or a short time-out would leave nothing for the calls.
        var limit = options.Value.Timeout - TimeSpan.FromTicks(Math.Min(TimeForChildren.Ticks, options.Value.Timeout.Ticks / 2));
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < limit && !cancellationToken.IsCancellationRequested)
        {
            var isSettled = time.GetElapsedTime(started) >= SettlingTime;
            await AskAllAsync(DrainStage.FinishCalls, participant => participant.AdvanceAsync(isSettled), work);
            if (isSettled && !Array.Exists(work, participant => participant.IsBusy))
                return;
            // Not the host's token: the loop sees it, and still gives up what is busy below.
            await Task.Delay(PollInterval, time, CancellationToken.None);
        }

        await AskAllAsync(DrainStage.FinishCalls, GiveUpAsync, work);
    }

    private static Task GiveUpAsync(IWorkInFlight participant)
    {
        participant.GiveUp();
        return Task.CompletedTask;
    }

    private Task AskAllAsync<T>(DrainStage stage, Func<T, Task> ask, T[] participants)
        where T : IDrainParticipant => Task.WhenAll(participants.Select(participant => AskAsync(stage, ask, participant)));

    private async Task AskAsync<T>(DrainStage stage, Func<T, Task> ask, T participant)
        where T : IDrainParticipant
    {
        try
        {
            await ask(participant);
        }
        catch (Exception exception)
        {
            Log.Failed(log, exception, participant.GetType().Name, stage);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: no new sessions are opened; all else goes on for {Delay}",
            EventName = "Draining")]
        public static partial void Draining(ILogger log, TimeSpan delay);

        [LoggerMessage(2, LogLevel.Error, "{Participant} failed at {Stage}; the gateway goes on stopping",
            EventName = "DrainStepFailed")]
        public static partial void Failed(ILogger log, Exception exception, string participant, DrainStage stage);
    }
}
