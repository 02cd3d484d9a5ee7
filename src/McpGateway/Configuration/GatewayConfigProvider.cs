using Microsoft.Extensions.Primitives;

namespace McpGateway.Configuration;

/// <summary>
/// Holds the snapshot in force. A new one is swapped in before listeners are told, so that they read the new one.
/// </summary>
internal sealed class GatewayConfigProvider(GatewayConfig initial)
{
    private readonly Lock _updating = new();
    // Volatile, because requests read it without the lock.
    private volatile Held _held = new(initial);

    public GatewayConfig Current => _held.Config;

    /// <summary>Fires once, when a different snapshot has replaced the current one.</summary>
    public IChangeToken GetChangeToken() => _held.Token;

    /// <summary>Applies a snapshot. If it equals the current one, nothing changes and nobody is told.</summary>
    /// <returns>Whether it differed.</returns>
    public bool Update(GatewayConfig next)
    {
        lock (_updating)
        {
            var old = _held;
            if (old.Config == next)
                return false;
            _held = new Held(next);
            // Inside the lock: listeners run here, and two updates must reach them in their order.
            old.Replaced.Cancel();
            return true;
        }
    }

    private sealed class Held
    {
        public Held(GatewayConfig config)
        {
            Config = config;
            Token = new CancellationChangeToken(Replaced.Token);
        }

        public GatewayConfig Config { get; }

        // Never disposed: a listener may still register with a token that has already fired.
        public CancellationTokenSource Replaced { get; } = new();

        public IChangeToken Token { get; }
    }
}
