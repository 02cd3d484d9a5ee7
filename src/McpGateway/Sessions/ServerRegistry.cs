using McpGateway.Configuration;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Sessions;

/// <summary>The running state of each stdio server, kept in step with the configuration in force.</summary>
internal sealed class ServerRegistry : IDisposable
{
    private readonly GatewayConfigProvider _provider;
    private readonly Func<ServerConfig, ServerState> _create;
    private readonly Lock _lock = new();
    private readonly IDisposable _subscription;
    private volatile Held _held;

    /// <param name="provider">The configuration in force.</param>
    /// <param name="create">The backend's: creates the state of a server that is new or has a new target.</param>
    public ServerRegistry(GatewayConfigProvider provider, Func<ServerConfig, ServerState> create)
    {
        _create = create;
        _provider = provider;
        _held = Next(provider.Current, []);
        // Also without a request: a server that is gone must end its sessions now, and not when somebody calls next.
        _subscription = ChangeToken.OnChange(provider.GetChangeToken, () => Current());
    }

    /// <summary>The stdio servers now.</summary>
    public IEnumerable<ServerState> All => Current().Servers.Values;

    /// <summary>The stdio server of this name; null when there is none now.</summary>
    public ServerState? Find(string name) => Current().Servers.GetValueOrDefault(name);

    public void Dispose() => _subscription.Dispose();

    // A request may come by a route of the new configuration before its change token has fired here: it must not be answered from
    // the old one.
    private Held Current()
    {
        var held = _held;
        if (ReferenceEquals(held.Config, _provider.Current))
            return held;
        // Or two requests at once would each create the state of a new server, and one of the two would have children that
        // nobody finds.
        lock (_lock)
        {
            var config = _provider.Current;
            if (!ReferenceEquals(_held.Config, config))
                _held = Next(config, _held.Servers);
            return _held;
        }
    }

    private Held Next(GatewayConfig config, Dictionary<string, ServerState> old)
    {
        var servers = new Dictionary<string, ServerState>(StringComparer.Ordinal);
        foreach (var (name, server) in config.Servers)
        {
            if (server.Target is not StdioTarget)
                continue;
            if (old.TryGetValue(name, out var running) && running.Stdio.Equals(server.Target))
            {
                running.Update(server);
                servers.Add(name, running);
            }
            else
            {
                servers.Add(name, _create(server));
            }
        }

        foreach (var state in old.Values.Except(servers.Values))
            // Not stopped: its sessions hold it until their calls in flight are answered.
            state.Retire();
        return new Held(config, servers);
    }

    private sealed record Held(GatewayConfig Config, Dictionary<string, ServerState> Servers);
}
