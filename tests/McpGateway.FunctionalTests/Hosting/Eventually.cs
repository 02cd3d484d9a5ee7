namespace McpGateway.FunctionalTests.Hosting;

/// <summary>For what happens soon and tells nobody.</summary>
internal static class Eventually
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; fails after a bounded time.</summary>
    public static Task TrueAsync(Func<bool> condition, string what) =>
        TrueAsync(() => Task.FromResult(condition()), what, TestHttp.Timeout);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < timeout, $"Not within {timeout}: {what}");
            await Task.Delay(PollInterval, TimeProvider.System, TestHttp.Token);
        }
    }
}
