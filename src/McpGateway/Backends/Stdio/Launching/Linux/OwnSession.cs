using System.Text;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Gives a child a session and a process group of its own. .NET 10 cannot create one, but the program <c>setsid</c> of util-linux
/// and busybox can. It replaces itself by the child, so that the process id stays the same. (It forks only if it is the first
/// process of a group, which a process that was just started is not.)
/// </summary>
internal static class OwnSession
{
    // The kernel reads no more of a script's first line (BINPRM_BUF_SIZE).
    private const int HeadLength = 256;

    private static readonly string? Setsid = new[] { "/usr/bin", "/bin" }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(Path.IsPathRooted))
        .Select(folder => Path.Combine(folder, "setsid"))
        .FirstOrDefault(file => Libc.Access(file, Libc.AccessExecute) == 0);

    public static bool IsAvailable => Setsid is not null;

    /// <exception cref="ChildLaunchException">The kernel would not start the program.</exception>
    public static LaunchSpec Wrap(LaunchSpec spec)
    {
        if (Setsid is null)
            return spec;
        if (Refusal(spec.FileName) is { } reason)
            throw new ChildLaunchException($"'{spec.FileName}' cannot be started: {reason}");
        return spec with { Wrapper = Setsid };
    }

    // The usual reasons for which the kernel refuses to start a file. setsid would write them to the child's stderr only. And it
    // would run a file without a "#!" line in a shell, as execvp does.
    private static string? Refusal(string file)
    {
        if (Libc.Access(file, Libc.AccessExecute) != 0)
            return Libc.LastError;
        var head = ProcFiles.Read(file, HeadLength);
        if (!head.StartsWith("#!"u8))
            return head.Contains((byte)0) || !IsReadable(file) ? null : "it is neither a program nor a script with a \"#!\" line";
        var line = Encoding.UTF8.GetString(head[2..]).Split('\n')[0];
        var interpreter = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(string.Empty);
        // A script that was edited on Windows asks for an interpreter whose name ends in \r, which must be visible in the error.
        return Path.IsPathRooted(interpreter) && Libc.Access(interpreter, Libc.AccessExecute) != 0
            ? $"its interpreter '{interpreter.Replace("\r", "\\r", StringComparison.Ordinal)}': {Libc.LastError}"
            : null;
    }

    // A file may be executable without being readable. Then its contents cannot be checked.
    private static bool IsReadable(string file) => Libc.Access(file, Libc.AccessRead) == 0;
}
