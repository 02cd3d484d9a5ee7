using McpGateway.Configuration;
using McpGateway.Drain;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The part that requests to remote servers have in the gateway's stop: no new ones, listening streams end at once, and what
/// waits for an answer has Drain:Timeout. The listeners' own stop waits for these requests, so no stage has to.
/// </summary>
internal sealed class RemoteDrain(IOptions<DrainOptions> options, TimeProvider time) : IDrainParticipant, IDisposable
{
    private readonly CancellationTokenSource _begun = new();
    private readonly CancellationTokenSource _over = new();
    private ITimer? _timer;

    /// <summary>Fires when no more requests are accepted.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Fires when what is still in flight has to end.</summary>
    public CancellationToken Over => _over.Token;

    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken)
    {
        if (stage is not DrainStage.StopRequests)
            return Task.CompletedTask;
        _timer = time.CreateTimer(_ => _over.Cancel(), null, options.Value.Timeout, Timeout.InfiniteTimeSpan);
        return _begun.CancelAsync();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _begun.Dispose();
        _over.Dispose();
    }
}
