using Microsoft.Extensions.Primitives;

namespace McpGateway.Configuration;

/// <summary>Holds the snapshot in force. It is swapped first, then those who wait on the old one's token are told.</summary>
internal sealed class GatewayConfigProvider(GatewayConfig initial)
{
    private readonly Lock _updating = new();
    private volatile Held _held = new(initial);

    public GatewayConfig Current => _held.Config;

    /// <summary>Fires once, when a different snapshot than the current one is in force.</summary>
    public IChangeToken GetChangeToken() => _held.Token;

    /// <summary>Puts a snapshot in force. An equal one changes nothing and tells nobody.</summary>
    /// <returns>Whether it differed.</returns>
    public bool Update(GatewayConfig next)
    {
        lock (_updating)
        {
            var old = _held;
            if (old.Config == next)
                return false;
            _held = new Held(next);
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

        public CancellationTokenSource Replaced { get; } = new();

        public IChangeToken Token { get; }
    }
}
