namespace McpGateway.Access.Keys;

/// <summary>
/// Keys that an issuer publishes. They are fetched at start-up, when they reach their maximum age, and when a token has an
/// unknown key id. Anybody can invent a key id, so only one fetch runs at a time, and the interval limits how often. Callers with
/// a known key never wait for a fetch, and their tokens remain valid while the issuer is down.
/// </summary>
/// <param name="issuer">The name of the issuer, for the log.</param>
/// <param name="fetch">Fetches the keys. It receives the known keys and may return them if they have not changed.</param>
/// <param name="timing">How often to fetch.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log for failures.</param>
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
        // Old keys stay valid while they are fetched again, so this caller does not wait, not even for an issuer that is down.
        if (time.GetElapsedTime(Interlocked.Read(ref _lastSuccess)) >= timing.Lifetime)
            _ = Refresh(); // logs its own failure; DisposeAsync awaits it
        return new(known);
    }

    /// <summary>Starts a fetch, unless one is running or the last one was too recent.</summary>
    /// <returns>The running fetch; a completed task when there is none.</returns>
    public Task Refresh()
    {
        lock (_lock)
        {
            if (!_fetching.IsCompleted)
                return _fetching;
            if (_stop.IsCancellationRequested || (_lastTry is { } last && time.GetElapsedTime(last) < timing.Interval))
                return Task.CompletedTask;
            // Before the fetch, so that failed ones count too. The fetch ignores the caller's token, because others wait for it.
            _lastTry = time.GetTimestamp();
            return _fetching = Task.Run(FetchAsync, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_lock)
        {
            _stop.Cancel(); // not disposed: a request that still uses this object may call Refresh once more
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
                Log.Fetched(log, fetched.Count, issuer);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The issuer was removed from the settings, or the gateway stops.
        }
        catch (Exception exception)
        {
            Log.Failed(
                log, issuer, _current is null ? "no key is known, so its tokens are refused" : "the known keys stay in force",
                limit.IsCancellationRequested ? $"no answer within {timing.FetchTimeout}" : exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Fetched {Count} keys of {Issuer}", EventName = "KeysFetched")]
        public static partial void Fetched(ILogger log, int count, string issuer);

        [LoggerMessage(2, LogLevel.Warning, "The keys of {Issuer} could not be fetched; {Consequence}: {Reason}",
            EventName = "KeyFetchFailed")]
        public static partial void Failed(ILogger log, string issuer, string consequence, string reason);
    }
}
