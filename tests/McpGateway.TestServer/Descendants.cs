using System.Diagnostics;

namespace McpGateway.TestServer;

/// <summary>
/// Starts processes that try to outlive this one. They ignore all signals that can be ignored, and create a file named after
/// their pid in the pid folder. Their command line contains that folder, so tests can find them. They are shell scripts, because
/// a .NET program takes long to start.
/// </summary>
internal static class Descendants
{
    // The file is a named pipe without a writer, so cat blocks in it forever.
    private const string Stay = """trap "" TERM HUP INT; mkfifo "$0/$$"; exec cat "$0/$$" """;

    // Each generation adds a byte to a file next to the folder, starts the next one in a new session, and exits. The chain has an
    // end, so that a failed test does not occupy the machine forever.
    private const string Storm =
        """trap "" TERM HUP INT; echo >> "$0.storm"; [ "$2" -gt 0 ] && setsid sh -c "$1" "$0" "$1" $(($2 - 1)) & exit""";

    private const string Generations = "20000";

    // The shell that starts it exits at once, so the process is orphaned.
    private const string Detach = """ "$@" </dev/null >/dev/null 2>&1 & """;

    /// <summary>In this process group, with this process's standard streams.</summary>
    public static void StartInGroup(string folder) => Start("sh", "-c", Stay, folder);

    /// <summary>In a new session, with this process's standard streams.</summary>
    public static void StartInSession(string folder) => Start("setsid", "sh", "-c", Stay, folder);

    /// <summary>In a new session, orphaned and without this process's streams.</summary>
    public static void StartDaemon(string folder) => Start("sh", "-c", Detach, "sh", "setsid", "sh", "-c", Stay, folder);

    /// <summary>Like <see cref="StartDaemon"/>, with an empty environment.</summary>
    public static void StartBareDaemon(string folder) =>
        Start("sh", "-c", Detach, "sh", "env", "-i", "/usr/bin/setsid", "/bin/sh", "-c", Stay, folder);

    /// <summary>A long chain of short-lived processes: each has exited by the time that somebody lists it.</summary>
    public static void StartStorm(string folder) =>
        Start("sh", "-c", Detach, "sh", "sh", "-c", Storm, folder, Storm, Generations);

    // Disposing frees only the handle; the process keeps running.
    private static void Start(string program, params string[] arguments) => Process.Start(program, arguments).Dispose();
}
