namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// The log category of one server: what its processes print, and their starts and ends. It is not named after a class, so that
/// an operator can set the level of one server's log: <c>"Logging": { "LogLevel": { "McpGateway.Server.files": "Debug" } }</c>.
/// </summary>
internal static class ServerLog
{
    public static ILogger Create(ILoggerFactory loggers, string server) => loggers.CreateLogger($"McpGateway.Server.{server}");
}
