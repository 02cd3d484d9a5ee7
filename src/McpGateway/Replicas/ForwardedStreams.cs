using McpGateway.Replicas.Forwarding;

namespace McpGateway.Replicas;

/// <summary>Streams of sessions at other replicas that pass through this one, which ends them when it leaves.</summary>
public sealed class ForwardedStreams : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _cut = new();

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _counts.Values.Sum();
        }
    }

    /// <summary>The replicas that they come from.</summary>
    public string[] Owners
    {
        get
        {
            lock (_lock)
                return [.. _counts.Keys];
        }
    }

    /// <param name="owner">The replica with its session.</param>
    /// <param name="abort">Breaks it.</param>
    /// <returns>To be disposed of with its end.</returns>
    public IDisposable Enter(string owner, Action abort)
    {
        Add(owner, 1);
        return new ForwardedStream(this, owner, _cut.Token.Register(abort));
    }

    /// <summary>Breaks what has not ended in order.</summary>
    public void CutAll() => _cut.Cancel();

    public void Dispose() => _cut.Dispose();

    private void Add(string owner, int change)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(owner) + change;
            if (count == 0)
                _counts.Remove(owner);
            else
                _counts[owner] = count;
        }
    }

    private sealed class ForwardedStream(ForwardedStreams streams, string owner, CancellationTokenRegistration cut) : IDisposable
    {
        public void Dispose()
        {
            cut.Dispose();
            streams.Add(owner, -1);
        }
    }
}
