using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// A number that a child and all its descendants carry. It shows from which child an orphan descends.
/// </summary>
internal abstract class ChildTags
{
    public const ulong None = 0;

    /// <summary>The best way that this system has.</summary>
    public static ChildTags Create() => LimitTags.TryCreate() ?? (ChildTags)new EnvironmentTags();

    /// <summary>The next number. After very many, numbers repeat.</summary>
    public abstract ulong Next();

    /// <summary>Whether this process has given the tag to a child.</summary>
    public abstract bool IsOurs(ulong tag);

    /// <summary>The tag of a process; <see cref="None"/> when it cannot be read.</summary>
    public abstract ulong Of(int pid);

    /// <summary>Starts a process with a tag. Only one at a time in the whole program.</summary>
    /// <exception cref="ChildLaunchException">It could not be started.</exception>
    public abstract CliWrapProcess Start(LaunchSpec spec, ulong tag);
}
