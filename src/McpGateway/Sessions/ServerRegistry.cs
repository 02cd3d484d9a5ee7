using McpGateway.Configuration;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Sessions;

/// <summary>The running state of each stdio server, kept in step with the configuration in force.</summary>
internal sealed class ServerRegistry : IDisposable
{
    private readonly GatewayConfigProvider _provider;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly IDisposable _subscription;
    private volatile Held _held;

    public ServerRegistry(GatewayConfigProvider provider, TimeProvider time)
    {
        _time = time;
        _provider = provider;
        _held = Next(provider.Current, []);
        _subscription = ChangeToken.OnChange(provider.GetChangeToken, () => Current());
    }

    /// <summary>The stdio servers now.</summary>
    public IEnumerable<ServerState> All => Current().Servers.Values;

    /// <summary>Whether the name is a stdio server's now.</summary>
    public ServerState? Find(string name) => Current().Servers.GetValueOrDefault(name);

    public void Dispose() => _subscription.Dispose();

    // A route of the new configuration may be taken before its change token has reached us: never answer from an old one.
    private Held Current()
    {
        var held = _held;
        if (ReferenceEquals(held.Config, _provider.Current))
            return held;
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
                servers.Add(name, new ServerState(server, _time));
            }
        }

        foreach (var state in old.Values.Except(servers.Values))
            state.Retire();
        return new Held(config, servers);
    }

    private sealed record Held(GatewayConfig Config, Dictionary<string, ServerState> Servers);
}
