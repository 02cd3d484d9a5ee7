namespace McpGateway.Configuration.Reading;

/// <summary>
/// Checks every second whether a file of the configuration has changed, and then applies the new snapshot. If it is invalid,
/// its errors are logged once and the last valid snapshot stays in force. It polls because file events miss symbolic links that
/// are switched and files on network mounts.
/// </summary>
internal sealed partial class GatewayConfigMonitor(
    GatewayConfigLoader loader,
    GatewayConfigResult initial,
    GatewayConfigProvider provider,
    TimeProvider time,
    ILogger<GatewayConfigMonitor> logger) : BackgroundService
{
    // A check costs some system calls per file and reads nothing, so it can be frequent.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private GatewayConfigResult _last = initial;

    /// <summary>Reloads the configuration if one of its files has changed. Not thread-safe.</summary>
    /// <returns>Whether a different snapshot is in force now.</returns>
    public bool Check()
    {
        if (_last.Files.All(file => file.IsCurrent()))
            return false;
        // Kept even if it is invalid, so that its errors are logged once and not every second.
        _last = loader.Load();
        if (!_last.IsValid)
        {
            Log.Rejected(logger, loader.Path, _last.Errors.Count, Lines(_last.Errors));
            return false;
        }

        LogWarnings(_last);
        var differs = provider.Update(_last.Config);
        if (differs)
            Log.Reloaded(logger, loader.Path, _last.Config.Servers.Count);
        return differs;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogWarnings(_last);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            CheckAndLogFailure();
    }

    // A listener that is told about the new snapshot may throw. Unhandled, the exception would end this loop, and by default
    // an exception from a BackgroundService also stops the host.
    private void CheckAndLogFailure()
    {
        try
        {
            Check();
        }
        catch (Exception e)
        {
            Log.Failed(logger, loader.Path, e);
        }
    }

    private void LogWarnings(GatewayConfigResult result)
    {
        if (result.Warnings.Count > 0)
            Log.Warned(logger, loader.Path, Lines(result.Warnings));
    }

    private static string Lines(IEnumerable<ConfigFinding> findings) => string.Join("\n  ", findings);

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Information, "Reloaded {Path}: {Servers} servers")]
        public static partial void Reloaded(ILogger logger, string path, int servers);

        [LoggerMessage(1002, LogLevel.Error,
            "{Path} is not valid ({Count} errors); the last valid version stays in force:\n  {Errors}")]
        public static partial void Rejected(ILogger logger, string path, int count, string errors);

        [LoggerMessage(1003, LogLevel.Warning, "{Path} has warnings:\n  {Warnings}")]
        public static partial void Warned(ILogger logger, string path, string warnings);

        [LoggerMessage(1004, LogLevel.Error, "Applying the reloaded {Path} failed; its next change will be tried again")]
        public static partial void Failed(ILogger logger, string path, Exception exception);
    }
}
