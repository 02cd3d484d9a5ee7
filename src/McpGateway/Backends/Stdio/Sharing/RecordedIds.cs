using McpGateway.Sessions;

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
    private readonly Dictionary<string, Session?> _sessions = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldest = new();

    public void Record(string? id, Session session)
    {
        if (id is null || id.Length > LongestId)
            return;
        lock (_lock)
        {
            if (_sessions.TryGetValue(id, out var known))
            {
                _sessions[id] = known == session ? session : null;
                return;
            }

            if (_oldest.Count == Capacity)
                _sessions.Remove(_oldest.Dequeue());
            _sessions.Add(id, session);
            _oldest.Enqueue(id);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _sessions.Clear();
            _oldest.Clear();
        }
    }

    /// <returns>Null when the id is unknown, or belongs to nobody in particular.</returns>
    public Session? Find(string? id)
    {
        lock (_lock)
            return id is null ? null : _sessions.GetValueOrDefault(id);
    }
}
