using System.Diagnostics;

namespace McpGateway.TestServer;

/// <summary>
/// Processes that try to outlive this one. They ignore what can be ignored, write a file named after their pid into the pid
/// folder, and bear that folder in their command line. With sh, setsid and cat, for a .NET program would take long to start.
/// </summary>
internal static class Descendants
{
    // The file is a pipe that nobody writes to.
    private const string Stay = """trap "" TERM HUP INT; mkfifo "$0/$$"; exec cat "$0/$$" """;

    // Each generation adds a byte to a file beside the folder, starts the next in a session of its own, and ends. The last one is
    // for the machine on which a test has failed.
    private const string Storm =
        """trap "" TERM HUP INT; echo >> "$0.storm"; [ "$2" -gt 0 ] && setsid sh -c "$1" "$0" "$1" $(($2 - 1)) & exit""";

    private const string Generations = "20000";

    // What starts it ends at once, so that it loses its parent.
    private const string Detach = """ "$@" </dev/null >/dev/null 2>&1 & """;

    /// <summary>In the process group, with the standard streams.</summary>
    public static void StartInGroup(string folder) => Start("sh", "-c", Stay, folder);

    /// <summary>In a session of its own, with the standard streams.</summary>
    public static void StartInSession(string folder) => Start("setsid", "sh", "-c", Stay, folder);

    /// <summary>In a session of its own, without a parent and without our streams.</summary>
    public static void StartDaemon(string folder) => Start("sh", "-c", Detach, "sh", "setsid", "sh", "-c", Stay, folder);

    /// <summary>The same without a single environment variable.</summary>
    public static void StartBareDaemon(string folder) =>
        Start("sh", "-c", Detach, "sh", "env", "-i", "/usr/bin/setsid", "/bin/sh", "-c", Stay, folder);

    /// <summary>A chain of processes that hardly ever ends: each has left by the time that it is seen.</summary>
    public static void StartStorm(string folder) => Start("sh", "-c", Detach, "sh", "sh", "-c", Storm, folder, Storm, Generations);

    private static void Start(string program, params string[] arguments) => Process.Start(program, arguments).Dispose();
}
