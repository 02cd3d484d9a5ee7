namespace McpGateway.FunctionalTests.Chaos;

/// <summary>A request and what became of it.</summary>
/// <param name="id">As JSON. Those of all conversations collide.</param>
/// <param name="mark">Names it among all calls of the test.</param>
/// <param name="step">What it asks.</param>
internal sealed class ChaosCall(string id, string mark, Step step)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isExcused;

    public string Id => id;

    public string Mark => mark;

    public Step Step => step;

    /// <summary>Whether its client has given it up: it may stay without an answer.</summary>
    public bool IsExcused => _isExcused;

    /// <summary>Completes with the answer, or when there need not be one.</summary>
    public Task Ended => _ended.Task;

    public bool IsAnswered { get; private set; }

    /// <summary>Whether the answer was the result that it should be.</summary>
    public bool HasResult { get; set; }

    /// <returns>False when it has been answered before.</returns>
    public bool TryAnswer()
    {
        lock (_ended)
        {
            if (IsAnswered)
                return false;
            IsAnswered = true;
        }

        _ended.TrySetResult();
        return true;
    }

    public void Excuse()
    {
        _isExcused = true;
        _ended.TrySetResult();
    }
}
