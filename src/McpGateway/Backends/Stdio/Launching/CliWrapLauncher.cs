using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>
/// Starts children with CliWrap, on every platform: docs/decisions/0012-cliwrap-everywhere.md. On Linux each child gets a
/// session of its own, and its whole process tree ends with it.
/// </summary>
internal sealed partial class CliWrapLauncher : IChildLauncher
{
    private readonly TimeProvider _time;
    private readonly ILogger<CliWrapLauncher> _log;

    public CliWrapLauncher(TimeProvider time, ILogger<CliWrapLauncher> log)
    {
        _time = time;
        _log = log;
        if (OperatingSystem.IsLinux() && !OwnSession.IsAvailable)
            LogNoSetsid(log);
    }

    public IChildProcess Launch(LaunchSpec spec)
    {
        // The system's strings end at a zero byte, so the program would get a truncated text.
        if (spec.Arguments.Concat(spec.Environment.Keys).Concat(spec.Environment.Values).Any(text => text.Contains('\0')))
            throw new ChildLaunchException($"'{spec.FileName}' cannot be started: an argument or variable contains a zero byte.");
        if (OperatingSystem.IsLinux())
        {
            var watched = ProcessTreeWatch.Shared.Start(OwnSession.Wrap(spec));
            return new CliWrapChild(watched.Root, watched, _time, _log);
        }

        var process = CliWrapProcess.Start(spec);
        return new CliWrapChild(process, new FrameworkProcessTree(process), _time, _log);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "The program 'setsid' (util-linux) was not found. So children share the gateway's session and process group, and a child "
        + "that signals its own group also signals the gateway", EventName = "NoSetsid")]
    private static partial void LogNoSetsid(ILogger log);
}
