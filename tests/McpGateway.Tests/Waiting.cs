namespace McpGateway.Tests;

/// <summary>Waits for what a test expects to come, and fails it when that does not: never to let time pass.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Task Soon(this Task task) => task.WaitAsync(Timeout, TestContext.Current.CancellationToken);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Timeout, TestContext.Current.CancellationToken);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().Soon();

    public static Task Soon(this ValueTask task) => task.AsTask().Soon();

    /// <summary>For what has no event of its own: yields until it is so.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
