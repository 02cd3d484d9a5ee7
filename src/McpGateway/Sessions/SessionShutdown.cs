using System.Runtime.InteropServices;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Replicas;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

/// <summary>
/// The gateway's stop as sessions see it, before the listeners close: for a while no new sessions, then no new requests and a
/// bounded time for what is in flight, then all ends. Open streams would otherwise hold the listeners' own stop up.
/// </summary>
internal sealed partial class SessionShutdown(
    SessionManager sessions, ChildManager children, WarmChildren warm, DrainState drain, ForwardedStreams passing,
    IOptions<DrainOptions> options, TimeProvider time, ILogger<SessionShutdown> log) : IHostedLifecycleService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    // A request may have been let in just before the door was closed, and not be counted yet.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    // Time of the whole that is kept for children which do not end by themselves.
    private static readonly TimeSpan ForChildren = TimeSpan.FromSeconds(8);

    private readonly List<PosixSignalRegistration> _signals = [];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The first of them is the host's to hear.
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
            _signals.Add(PosixSignalRegistration.Create(signal, _ => drain.Hurry()));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Begin();
        sessions.Close();
        Log.Draining(log, sessions.Count, drain.Delay);
        await drain.PassDelayAsync(cancellationToken);
        await drain.CloseAsync();

        // To a client whose session is gone the specification says to open another; that needs another replica.
        sessions.Drain(drain.OthersServe ? Refusal.SessionNotFound : Refusal.Draining);
        await FinishAsync(cancellationToken);
        await sessions.EndAllAsync();
        passing.CutAll();
        await Task.WhenAll(children.EndAllAsync(), warm.StopAllAsync());
        if (drain.OthersServe)
        {
            await drain.AnnounceLeft();
            await drain.StopAccepting();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _signals.ForEach(signal => signal.Dispose());
        return Task.CompletedTask;
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (sessions.Count == 0 && passing.Count == 0)
            return;
        var patience = options.Value.Timeout - TimeSpan.FromTicks(Math.Min(ForChildren.Ticks, options.Value.Timeout.Ticks / 2));
        var started = time.GetTimestamp();
        var announced = false;
        while (time.GetElapsedTime(started) < patience && !cancellationToken.IsCancellationRequested)
        {
            if (passing.Count > 0 && !announced)
                await drain.AnnounceLeave();
            announced = passing.Count > 0 && !announced; // every other time: more may have come
            if (time.GetElapsedTime(started) >= Settling)
                LetGo();
            if (passing.Count == 0 && !AnyInFlight() && time.GetElapsedTime(started) >= Settling)
                return;
            await Task.Delay(PollInterval, time, CancellationToken.None);
        }

        foreach (var session in sessions.All)
            _ = session.LeaveAsync();
    }

    private void LetGo()
    {
        foreach (var session in sessions.All.Where(session => !session.HasCallsInFlight))
            _ = session.LeaveAsync(); // the manager awaits it
    }

    private bool AnyInFlight() => sessions.All.Any(session => session.HasCallsInFlight);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: {Sessions} sessions; no new ones are taken, all else goes on for {Delay}",
            EventName = "Draining")]
        public static partial void Draining(ILogger log, int sessions, TimeSpan delay);
    }
}
