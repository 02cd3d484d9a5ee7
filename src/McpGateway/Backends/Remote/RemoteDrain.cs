using McpGateway.Configuration;
using McpGateway.Replicas;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The gateway's stop as requests to remote servers see it, once the delay is over: no new ones, listening streams end at once,
/// and what waits for an answer has Drain:Timeout. Kestrel waits for them.
/// </summary>
internal sealed class RemoteDrain : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _closing;
    private ITimer? _timer;

    public RemoteDrain(DrainState drain, IOptions<DrainOptions> options, TimeProvider time)
    {
        Begun = drain.Closing;
        _closing = drain.Closing.Register(() =>
            _timer = time.CreateTimer(_ => _over.Cancel(), null, options.Value.Timeout, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Fires when no more requests are taken.</summary>
    public CancellationToken Begun { get; }

    /// <summary>Fires when what is still in flight has to end.</summary>
    public CancellationToken Over => _over.Token;

    public void Dispose()
    {
        _closing.Dispose();
        _timer?.Dispose();
        _over.Dispose();
    }
}
