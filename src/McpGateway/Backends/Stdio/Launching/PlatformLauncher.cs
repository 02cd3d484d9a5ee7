using McpGateway.Backends.Stdio.Launching.Linux;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>The one place that chooses how children are started.</summary>
internal static class PlatformLauncher
{
    /// <summary>CliWrap's if it was compiled in, else the one that promises the most on this platform.</summary>
    public static IChildLauncher Create(TimeProvider time, ILoggerFactory loggers)
    {
#if USE_CLIWRAP
        return new CliWrapLauncher(time);
#else
        return OperatingSystem.IsLinux()
            ? new LinuxLauncher(time, loggers.CreateLogger<LinuxLauncher>())
            : new ProcessLauncher(time);
#endif
    }
}
