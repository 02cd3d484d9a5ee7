using McpGateway.Configuration;
using McpGateway.Drain;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Ends the requests to remote servers when the gateway stops: no new ones are accepted, listening streams end at once, and
/// requests in flight get Drain:Timeout. No stage waits for them, because Kestrel's own stop does.
/// </summary>
internal sealed class RemoteDrain(IOptions<DrainOptions> options, TimeProvider time) : IDrainParticipant, IDisposable
{
    private readonly CancellationTokenSource _begun = new();

    // Has a time-out of its own. A timer that calls Cancel could fire while the gateway is being disposed of: Cancel would then
    // throw where nobody catches it, which ends the process.
    private readonly CancellationTokenSource _over = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Fires when no more requests are accepted.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Fires when requests that are still in flight must end.</summary>
    public CancellationToken Over => _over.Token;

    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken)
    {
        if (stage is not DrainStage.StopRequests)
            return Task.CompletedTask;
        _over.CancelAfter(options.Value.Timeout);
        return _begun.CancelAsync();
    }

    public void Dispose()
    {
        _begun.Dispose();
        _over.Dispose();
    }
}
