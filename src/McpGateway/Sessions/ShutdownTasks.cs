using System.Collections.Concurrent;

namespace McpGateway.Sessions;

/// <summary>What is on its way to its end: each failure is logged, and the gateway's own stop waits for all.</summary>
internal sealed partial class ShutdownTasks(ILogger log)
{
    private readonly ConcurrentDictionary<Task, string> _ending = new();

    /// <param name="ending">Completes when the child is gone.</param>
    /// <param name="server">Whose it was.</param>
    public void Add(Task ending, string server)
    {
        _ending[ending] = server;
        // After it is in the table: a task that has completed already is removed at once, and would otherwise stay for ever.
        _ = ForgetAfterAsync(ending, server);
    }

    /// <summary>Completes when all that were added so far, and these, have ended, in order or not.</summary>
    public async Task WhenAllAsync(IEnumerable<Task> andThese) =>
        // Failures are logged where each task is forgotten: one child that could not be stopped must not fail the whole stop.
        await Task.WhenAll([.. andThese, .. _ending.Keys]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ForgetAfterAsync(Task ending, string server)
    {
        try
        {
            await ending;
        }
        catch (Exception exception)
        {
            Log.EndFailed(log, exception, server);
        }
        finally
        {
            _ending.TryRemove(ending, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Server}: a child could not be stopped in order", EventName = "EndFailed")]
        public static partial void EndFailed(ILogger log, Exception exception, string server);
    }
}
