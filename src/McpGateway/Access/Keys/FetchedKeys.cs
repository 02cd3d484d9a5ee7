namespace McpGateway.Access.Keys;

/// <summary>
/// Keys that the issuer publishes. They are fetched at the start, when they have become old, and for a token that names an
/// unknown one; never more often than the interval allows, and by one fetch at a time, for anybody can make up the name
/// of a key. Callers whose keys are known never wait for a fetch, and keep being known while the issuer is down.
/// </summary>
/// <param name="issuer">For logs.</param>
/// <param name="fetch">Fetches them; given the ones that are known, it may return those.</param>
/// <param name="timing">How often.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when it does not work.</param>
internal sealed partial class FetchedKeys(
    string issuer, Func<KeySet?, CancellationToken, Task<KeySet>> fetch, KeyTiming timing, TimeProvider time, ILogger log)
    : IKeySource
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile KeySet? _current;
    private Task _fetching = Task.CompletedTask;
    private long? _lastTry;
    private long _lastSuccess;

    public KeySet? Current => _current;

    public ValueTask<KeySet?> GetAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (_current is not { } known || !known.Has(keyId))
            return WaitAsync(Refresh(), cancellationToken);
        if (time.GetElapsedTime(Interlocked.Read(ref _lastSuccess)) >= timing.Lifetime)
            _ = Refresh(); // logs its own failure; awaited when this is disposed of
        return new(known);
    }

    /// <summary>Starts a fetch, unless one is under way or the last one is too recent.</summary>
    /// <returns>The fetch under way; a completed task when there is none.</returns>
    public Task Refresh()
    {
        lock (_lock)
        {
            if (!_fetching.IsCompleted)
                return _fetching;
            if (_stop.IsCancellationRequested || (_lastTry is { } last && time.GetElapsedTime(last) < timing.Interval))
                return Task.CompletedTask;
            _lastTry = time.GetTimestamp();
            return _fetching = Task.Run(FetchAsync, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_lock)
        {
            _stop.Cancel(); // and not disposed of: whoever still has a token to check may ask once more
            last = _fetching;
        }

        await last;
    }

    private async ValueTask<KeySet?> WaitAsync(Task fetching, CancellationToken cancellationToken)
    {
        await fetching.WaitAsync(cancellationToken);
        return _current;
    }

    private async Task FetchAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(timing.FetchTimeout);
        try
        {
            var known = _current;
            var fetched = await fetch(known, limit.Token);
            _current = fetched;
            Interlocked.Exchange(ref _lastSuccess, time.GetTimestamp());
            if (fetched != known)
                Log.Fetched(log, issuer, fetched.Count);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The issuer is no longer asked.
        }
        catch (Exception exception)
        {
            Log.Failed(
                log, issuer, _current is null ? "none is known, so its tokens are refused" : "the known ones stay in force",
                limit.IsCancellationRequested ? $"no answer within {timing.FetchTimeout}" : exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Issuer}: {Count} keys", EventName = "KeysFetched")]
        public static partial void Fetched(ILogger log, string issuer, int count);

        [LoggerMessage(2, LogLevel.Warning, "{Issuer}: its keys cannot be fetched; {Consequence}: {Reason}",
            EventName = "KeyFetchFailed")]
        public static partial void Failed(ILogger log, string issuer, string consequence, string reason);
    }
}
