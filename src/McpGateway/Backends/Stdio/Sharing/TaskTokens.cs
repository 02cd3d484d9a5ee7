using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>The progress tokens of calls that were answered with a task. The task's progress uses the call's token.</summary>
internal sealed class TaskTokens
{
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, TaskToken> _byChildToken = [];
    private readonly Queue<long> _oldest = new();

    public void Record(long childToken, TaskToken token)
    {
        lock (_lock)
        {
            if (_oldest.Count == Capacity)
                _byChildToken.Remove(_oldest.Dequeue());
            _byChildToken.Add(childToken, token);
            _oldest.Enqueue(childToken);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _byChildToken.Clear();
            _oldest.Clear();
        }
    }

    public TaskToken? Find(JsonRpcId childToken)
    {
        lock (_lock)
            return childToken.TryGetInt64(out var token) ? _byChildToken.GetValueOrDefault(token) : null;
    }

    /// <summary>The task has ended. Progress that still arrives under its token belongs to nobody.</summary>
    public void End(string task)
    {
        lock (_lock)
        {
            foreach (var (token, _) in _byChildToken.Where(entry => entry.Value.Task == task).ToArray())
                _byChildToken.Remove(token); // stays in _oldest, which only bounds the number
        }
    }
}
