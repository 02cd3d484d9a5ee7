namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// To which session an id belongs that travels in later messages: a task's, an elicitation's. Bounded; what was pushed
/// out counts as unknown, and so does an id that two sessions got.
/// </summary>
internal sealed class RecordedIds
{
    private const int Capacity = 10_000;
    private const int LongestId = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedChildSession?> _seats = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldest = new();

    public void Record(string? id, SharedChildSession seat)
    {
        if (id is null || id.Length > LongestId)
            return;
        lock (_lock)
        {
            if (_seats.TryGetValue(id, out var known))
            {
                _seats[id] = known == seat ? seat : null;
                return;
            }

            if (_oldest.Count == Capacity)
                _seats.Remove(_oldest.Dequeue());
            _seats.Add(id, seat);
            _oldest.Enqueue(id);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _seats.Clear();
            _oldest.Clear();
        }
    }

    /// <returns>Null when the id is unknown, or belongs to nobody in particular.</returns>
    public SharedChildSession? Find(string? id)
    {
        lock (_lock)
            return id is null ? null : _seats.GetValueOrDefault(id);
    }
}
