using McpGateway.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>A stream of a client's: what must come on it next, and whether it is open.</summary>
/// <param name="actual">The gateway's.</param>
/// <param name="name">For a person.</param>
/// <param name="lasting">A GET's; else a POST's, which ends with the last answer.</param>
internal sealed class ReferenceStream(ResponseStream actual, string name, bool lasting)
{
    private int _awaited;

    public ResponseStream Actual { get; } = actual;

    public bool IsOpen { get; private set; } = true;

    /// <summary>Still to come, in this order.</summary>
    public List<Pattern> Expected { get; } = [];

    public void Await() => _awaited++;

    public void Release()
    {
        if (--_awaited == 0 && !lasting)
            IsOpen = false;
    }

    /// <summary>What is expected already still comes.</summary>
    public void End() => IsOpen = false;

    /// <summary>Its client is gone.</summary>
    public void Abandon()
    {
        IsOpen = false;
        Expected.Clear();
    }

    public void Expect(Pattern message)
    {
        if (IsOpen)
            Expected.Add(message);
    }

    public override string ToString() => name;
}
