using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>
/// Finds a command's file on the PATH that the child will have. The framework would search the gateway's own PATH, and its error
/// would not say where it has searched.
/// </summary>
internal static class CommandResolver
{
    /// <exception cref="ChildLaunchException">There is no such program.</exception>
    public static string Resolve(string command, IReadOnlyDictionary<string, string> environment, string? workingDirectory)
    {
        // As in a shell: with a separator it is a path, without one it is a name to search for.
        if (Path.GetFileName(command) != command)
        {
            var path = Path.GetFullPath(command, workingDirectory ?? Environment.CurrentDirectory);
            return Candidates(path, environment).FirstOrDefault(IsProgram)
                ?? throw new ChildLaunchException($"The command '{command}' does not exist, or is not executable.");
        }

        // Without empty entries, which would mean the current folder (POSIX): a program there is hardly ever meant.
        var directories = environment.GetValueOrDefault("PATH", string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath);
        return directories.SelectMany(directory => Candidates(Path.GetFullPath(command, directory), environment))
            .FirstOrDefault(IsProgram)
            ?? throw new ChildLaunchException(
                $"The command '{command}' was not found on PATH. Install it, or write its full path in gateway.json.");
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & execute) != 0);
    }

    private static IEnumerable<string> Candidates(string path, IReadOnlyDictionary<string, string> environment)
    {
        yield return path;
        if (!OperatingSystem.IsWindows())
            yield break;
        foreach (var extension in environment.GetValueOrDefault("PATHEXT", ".EXE;.CMD;.BAT").Split(';'))
            yield return path + extension;
    }
}
