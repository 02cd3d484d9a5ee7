using System.Collections.Concurrent;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>The streams of remote servers that are being relayed, for the session monitor to visit.</summary>
internal sealed class OpenRelays : IMonitored
{
    private readonly ConcurrentDictionary<UpstreamRelay, ResponseStream> _relays = new();

    public void Add(UpstreamRelay relay, ResponseStream stream) => _relays[relay] = stream;

    public void Remove(UpstreamRelay relay) => _relays.TryRemove(relay, out _);

    public IEnumerable<Task> Tick(long now) => _relays.Select(relay => relay.Key.TickAsync(now));

    public ResponseStream? Slowest() => _relays.Select(relay => relay.Value).MaxBy(stream => stream.QueuedBytes);
}
