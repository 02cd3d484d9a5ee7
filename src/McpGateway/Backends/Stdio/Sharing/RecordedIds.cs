using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Records to which session the id of a task or an elicitation belongs. Bounded: the oldest ids are forgotten, and count as
/// unknown. So does an id that two sessions have received.
/// </summary>
internal sealed class RecordedIds
{
    private const int Capacity = 10_000;
    private const int LongestId = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Session?> _sessions = new(StringComparer.Ordinal); // null: of two sessions, so of none
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

    /// <returns>Null when the id is unknown, or when two sessions have received it.</returns>
    public Session? Find(string? id)
    {
        lock (_lock)
            return id is null ? null : _sessions.GetValueOrDefault(id);
    }
}
