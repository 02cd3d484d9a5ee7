namespace McpGateway.Configuration.Host;

/// <summary>The host's settings files, which are read again when they change.</summary>
internal static partial class SettingsFiles
{
    /// <summary>
    /// Logs when one of them cannot be read again, which would otherwise be told to nobody; what was read before stays in force.
    /// </summary>
    public static void LogFailures(IConfigurationBuilder settings, ILogger log)
    {
        foreach (var source in settings.Sources.OfType<FileConfigurationSource>())
            source.OnLoadException = failure => Log.NotRead(log, source.Path, failure.Exception.GetBaseException().Message);
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Error, "{File} cannot be read again; what was valid before stays in force: {Reason}")]
        public static partial void NotRead(ILogger logger, string? file, string reason);
    }
}
