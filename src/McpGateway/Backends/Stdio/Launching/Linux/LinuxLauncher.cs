using System.Runtime.Versioning;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Starts each child as the leader of a session of its own, and ends it with all its descendants, wherever they have gone:
/// docs/processes.md.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxLauncher(TimeProvider time, ILogger<LinuxLauncher> log) : IChildLauncher
{
    public IChildProcess Launch(LaunchSpec spec)
    {
        var pipes = new ChildPipes();
        try
        {
            var family = FamilyWatch.Shared.Start(new SpawnOrder(
                spec.FileName,
                [spec.FileName, .. spec.Arguments],
                [.. spec.Environment.Select(variable => $"{variable.Key}={variable.Value}")])
            {
                WorkingDirectory = spec.WorkingDirectory,
                Streams = pipes.ChildEnds,
                OwnSession = true,
            });
            pipes.CloseChildEnds();
            return new LinuxChild(family, pipes, time, log);
        }
        catch
        {
            pipes.Dispose();
            throw;
        }
    }
}
