using System.Runtime.InteropServices;
using System.Text.Json;

namespace McpGateway.TestServer;

/// <summary>The calls in flight, and the cancellations that arrived for them. A cancellation is only recorded.</summary>
internal sealed class CallLedger
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _inFlight = [];
    private readonly List<Cancellation> _cancellations = [];

    public void Begin(JsonElement id)
    {
        lock (_gate) _inFlight.Add(Key(id));
    }

    public void End(JsonElement id)
    {
        lock (_gate) _inFlight.Remove(Key(id));
    }

    public void Cancel(JsonElement id, JsonElement? reason)
    {
        lock (_gate) _cancellations.Add(new(id, _inFlight.Contains(Key(id)), reason));
    }

    public Cancellation[] Cancellations()
    {
        lock (_gate) return [.. _cancellations];
    }

    // Compares bytes, because 1 and "1" are different ids.
    private static string Key(JsonElement id) => Convert.ToHexString(JsonMarshal.GetRawUtf8Value(id));
}
