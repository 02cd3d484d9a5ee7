namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Runs the steps with the same key one after the other. A step that fails is logged, and the next one runs.
/// </summary>
internal sealed partial class OrderedSteps(ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task Last, int Waiting)> _running = new(StringComparer.Ordinal);

    /// <param name="key">What the step concerns.</param>
    /// <param name="step">Runs after all that were given before it for the same key.</param>
    /// <returns>Completes when the step is over; never fails.</returns>
    public Task RunAsync(string key, Func<Task> step)
    {
        lock (_lock)
        {
            var (previous, waiting) = _running.GetValueOrDefault(key, (Task.CompletedTask, 0));
            var last = RunAfterAsync(previous, key, step);
            _running[key] = (last, waiting + 1);
            return last;
        }
    }

    private async Task RunAfterAsync(Task previous, string key, Func<Task> step)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // never runs the step under the lock
        try
        {
            await step();
        }
        catch (Exception exception)
        {
            Log.StepFailed(log, exception);
        }

        lock (_lock)
        {
            var (last, waiting) = _running[key];
            if (waiting == 1)
                _running.Remove(key);
            else
                _running[key] = (last, waiting - 1);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(22, LogLevel.Error, "A subscription could not be changed", EventName = "SubscriptionFailed")]
        public static partial void StepFailed(ILogger log, Exception exception);
    }
}
