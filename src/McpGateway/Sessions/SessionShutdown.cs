using McpGateway.Configuration;
using McpGateway.Servers;
using McpGateway.Sessions.Children;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

/// <summary>
/// The gateway's stop as sessions see it, before the listeners close: no new sessions, a bounded time for what is in
/// flight, then all ends. Open streams would otherwise hold the listeners' own stop up.
/// </summary>
internal sealed class SessionShutdown(
    SessionManager sessions, ChildPool children, WarmChildren warm, IOptions<DrainOptions> options, TimeProvider time) : IHostedLifecycleService
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        sessions.Drain();
        var started = time.GetTimestamp();
        while (AnyInFlight() && time.GetElapsedTime(started) < options.Value.Timeout && !cancellationToken.IsCancellationRequested)
            await Task.Delay(Glance, time, CancellationToken.None);
        await sessions.EndAllAsync();
        await Task.WhenAll(children.EndAllAsync(), warm.StopAllAsync());
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool AnyInFlight() => sessions.All.Any(session => session.HasCallsInFlight);
}
