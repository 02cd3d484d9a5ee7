namespace McpGateway.Cli.DemoServer;

/// <summary>A number that only grows, and whether the client has subscribed to it. One process serves one client.</summary>
internal sealed class Counter
{
    private int _value;
    private volatile bool _isSubscribed; // the SDK runs calls concurrently

    public int Value => Volatile.Read(ref _value);

    public bool IsSubscribed
    {
        get => _isSubscribed;
        set => _isSubscribed = value;
    }

    public int Increment() => Interlocked.Increment(ref _value);
}
