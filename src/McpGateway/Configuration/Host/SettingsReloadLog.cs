namespace McpGateway.Configuration.Host;

/// <summary>
/// Tells of the host's settings files (appsettings.json). The framework reloads them when they change; what of them applies
/// without a restart is that of <c>Access:Jwt</c> and <c>Access:ApiKeys</c> (AccessMonitor). gateway.json has a monitor of its
/// own (GatewayConfigMonitor).
/// </summary>
internal static partial class SettingsReloadLog
{
    /// <summary>
    /// Logs when one of them cannot be reloaded. The framework would drop that error; the previous settings stay in force.
    /// </summary>
    public static void LogFailures(IConfigurationBuilder settings, ILogger log)
    {
        // Possible only now: the files were first loaded before there was a logger.
        foreach (var source in settings.Sources.OfType<FileConfigurationSource>())
            source.OnLoadException = failure => Log.ReloadFailed(log, source.Path, failure.Exception.GetBaseException().Message);
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Error, "{File} could not be reloaded; the previous settings stay in force: {Reason}")]
        public static partial void ReloadFailed(ILogger logger, string? file, string reason);
    }
}
