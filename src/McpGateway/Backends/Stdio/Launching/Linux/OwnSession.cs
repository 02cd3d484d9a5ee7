using System.Text;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Gives a child a session and a process group of its own. .NET 10 cannot ask for one, but the program <c>setsid</c> of
/// util-linux and busybox can: it replaces itself by the child, so that the process id stays. (It forks only when it is
/// the leader of a group, which a process that was just started is not.)
/// </summary>
internal static class OwnSession
{
    // Enough for the first line of a script: the kernel reads as much.
    private const int HeadLength = 256;

    private static readonly string? Setsid = new[] { "/usr/bin", "/bin" }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(Path.IsPathRooted))
        .Select(folder => Path.Combine(folder, "setsid"))
        .FirstOrDefault(file => Libc.Access(file, Libc.AccessExecute) == 0);

    public static bool IsAvailable => Setsid is not null;

    /// <exception cref="ChildLaunchException">The program is none that the kernel would start.</exception>
    public static LaunchSpec Wrap(LaunchSpec spec)
    {
        if (Setsid is null)
            return spec;
        if (Refusal(spec.FileName) is { } reason)
            throw new ChildLaunchException($"'{spec.FileName}' cannot be started: {reason}");
        return spec with { Wrapper = Setsid };
    }

    // The usual reasons for which the kernel would not start it. setsid would tell them on the child's stderr only, and it
    // would have a shell interpret a file without a "#!" line (execvp does).
    private static string? Refusal(string file)
    {
        if (Libc.Access(file, Libc.AccessExecute) != 0)
            return Libc.LastError;
        var head = ProcFiles.Read(file, HeadLength);
        if (!head.StartsWith("#!"u8))
            return head.Contains((byte)0) || !IsReadable(file) ? null : "it is neither a program nor a script with a \"#!\" line";
        var line = Encoding.UTF8.GetString(head[2..]).Split('\n')[0];
        var interpreter = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(string.Empty);
        return Path.IsPathRooted(interpreter) && Libc.Access(interpreter, Libc.AccessExecute) != 0
            ? $"its interpreter '{interpreter.Replace("\r", "\\r", StringComparison.Ordinal)}': {Libc.LastError}"
            : null;
    }

    // What may be executed need not be readable; then there is no telling.
    private static bool IsReadable(string file) => Libc.Access(file, Libc.AccessRead) == 0;
}
