using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A number that a child and all its descendants bear, so that it can be told whose an orphan was.
/// </summary>
internal abstract class ChildTags
{
    public const ulong None = 0;

    /// <summary>The best way that this system has.</summary>
    public static ChildTags Create() => LimitTags.TryCreate() ?? (ChildTags)new EnvironmentTags();

    /// <summary>The next number; after very many they repeat.</summary>
    public abstract ulong Next();

    /// <summary>Whether it was given by this process.</summary>
    public abstract bool IsOurs(ulong tag);

    /// <summary>What a process bears; <see cref="None"/> when it cannot be told.</summary>
    public abstract ulong Of(int pid);

    /// <summary>Starts a process that bears it. One at a time in the whole program.</summary>
    /// <exception cref="ChildLaunchException">It could not be started.</exception>
    public abstract CliWrapProcess Start(LaunchSpec spec, ulong tag);
}
