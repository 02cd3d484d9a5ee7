namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Signals a process group by its number, for kernels that cannot do it through a handle.</summary>
internal static class ProcessGroup
{
    /// <param name="group">Its number: the id of the process that created it, which may have been reaped.</param>
    /// <param name="members">Processes that were seen in /proc. Some of them may be in this group.</param>
    /// <param name="signal">The signal's number.</param>
    /// <returns>False when none of them is in the group any more. The number may then belong to another group.</returns>
    public static bool TrySignal(int group, IEnumerable<ProcessStat> members, int signal) =>
        // The kernel gives the number to nobody else as long as the group has one member.
        members.Any(member => member.Group == group && IsStillThere(member)) && Libc.Kill(-group, signal) == 0;

    private static bool IsStillThere(ProcessStat member) =>
        ProcFiles.Stat(member.Pid) is { } now && (now.Key, now.Group) == (member.Key, member.Group);
}
