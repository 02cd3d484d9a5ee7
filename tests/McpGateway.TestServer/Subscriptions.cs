namespace McpGateway.TestServer;

/// <summary>The counter behind <c>test://counter</c>, and the URIs with a subscription.</summary>
internal sealed class Subscriptions
{
    private readonly Lock _gate = new();
    private readonly SortedSet<string> _uris = new(StringComparer.Ordinal);
    private int _counter;

    public int Counter => Volatile.Read(ref _counter);

    public int Increment() => Interlocked.Increment(ref _counter);

    public void Add(string uri)
    {
        lock (_gate) _uris.Add(uri);
    }

    public void Remove(string uri)
    {
        lock (_gate) _uris.Remove(uri);
    }

    public string[] Read()
    {
        lock (_gate) return [.. _uris];
    }

    /// <summary>A subscription covers its URI and everything below it.</summary>
    public bool Covers(string uri)
    {
        // The slash prevents test://a from covering test://ab.
        lock (_gate) return _uris.Any(s => uri == s || uri.StartsWith(s.TrimEnd('/') + '/', StringComparison.Ordinal));
    }
}
