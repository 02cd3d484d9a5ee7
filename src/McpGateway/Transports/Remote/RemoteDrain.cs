using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Transports.Remote;

/// <summary>
/// The gateway's stop as requests to remote servers see it: no new ones, listening streams end at once, and what waits for an
/// answer has Drain:Timeout. Kestrel waits for them.
/// </summary>
internal sealed class RemoteDrain(IOptions<DrainOptions> options, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _begun = new();
    private readonly CancellationTokenSource _over = new();
    private ITimer? _timer;

    /// <summary>Fires when the stop begins.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Fires when what is still in flight has to end.</summary>
    public CancellationToken Over => _over.Token;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => _over.Cancel(), null, options.Value.Timeout, Timeout.InfiniteTimeSpan);
        return _begun.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _timer?.Dispose();
        _begun.Dispose();
        _over.Dispose();
    }
}
