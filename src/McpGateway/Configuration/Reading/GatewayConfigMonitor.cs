namespace McpGateway.Configuration.Reading;

/// <summary>
/// Looks every second whether a file of the configuration has changed, and puts the new snapshot in force. An invalid
/// one is logged once and the last good one stays. Polling also sees what file events miss: links and network mounts.
/// </summary>
internal sealed partial class GatewayConfigMonitor(
    GatewayConfigLoader loader,
    GatewayConfigResult initial,
    GatewayConfigProvider provider,
    TimeProvider time,
    ILogger<GatewayConfigMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private GatewayConfigResult _last = initial;

    /// <summary>Reads the configuration again if one of its files has changed. Not to be called by two at once.</summary>
    /// <returns>Whether another snapshot is in force now.</returns>
    public bool Check()
    {
        if (_last.Files.All(file => file.IsCurrent()))
            return false;
        _last = loader.Load();
        if (!_last.IsValid)
        {
            Log.Rejected(logger, loader.Path, _last.Errors.Count, Lines(_last.Errors));
            return false;
        }

        WarnOf(_last);
        var differs = provider.Update(_last.Config);
        if (differs)
            Log.Reloaded(logger, loader.Path, _last.Config.Servers.Count);
        return differs;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        WarnOf(_last);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            CheckAndGoOn();
    }

    // Those who are told of a snapshot may fail; that must end neither the gateway nor the watch.
    private void CheckAndGoOn()
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

    private void WarnOf(GatewayConfigResult result)
    {
        if (result.Warnings.Count > 0)
            Log.Warned(logger, loader.Path, Lines(result.Warnings));
    }

    private static string Lines(IEnumerable<ConfigFinding> findings) => string.Join("\n  ", findings);

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Information, "Reloaded {Path}: {Servers} servers")]
        public static partial void Reloaded(ILogger logger, string path, int servers);

        [LoggerMessage(1002, LogLevel.Error, "{Path} has {Count} errors; the last good one stays in force:\n  {Errors}")]
        public static partial void Rejected(ILogger logger, string path, int count, string errors);

        [LoggerMessage(1003, LogLevel.Warning, "{Path} has oddities:\n  {Warnings}")]
        public static partial void Warned(ILogger logger, string path, string warnings);

        [LoggerMessage(1004, LogLevel.Error, "Reloading {Path} failed; its next change is tried again")]
        public static partial void Failed(ILogger logger, string path, Exception exception);
    }
}
