using McpGateway.Servers.Launching.Linux;

namespace McpGateway.Servers.Launching;

/// <summary>The one place that chooses how children are started.</summary>
public static class PlatformLauncher
{
    /// <summary>The launcher that keeps the most of its promises on this platform.</summary>
    public static IChildLauncher Create(TimeProvider time, ILoggerFactory loggers) =>
        OperatingSystem.IsLinux()
            ? new LinuxLauncher(time, loggers.CreateLogger<LinuxLauncher>())
            : new ProcessLauncher(time);
}
