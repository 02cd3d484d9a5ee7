namespace McpGateway.Servers.Launching.Linux;

/// <summary>Signals a process group by its number, for kernels that cannot do it through a handle.</summary>
internal static class ProcessGroup
{
    /// <param name="group">Its number: the id of the process that founded it, and that may have been reaped.</param>
    /// <param name="members">Processes that were seen in /proc, some of them perhaps of this group.</param>
    /// <param name="signal">The signal's number.</param>
    /// <returns>False when none of them is in the group any more: then its number may be a stranger's.</returns>
    public static bool TrySignal(int group, IEnumerable<ProcessStat> members, int signal) =>
        // The number is not given to anybody else as long as one member is there.
        members.Any(member => member.Group == group && IsStillThere(member)) && Libc.Kill(-group, signal) == 0;

    private static bool IsStillThere(ProcessStat member) =>
        ProcFiles.Stat(member.Pid) is { } now && (now.Key, now.Group) == (member.Key, member.Group);
}
