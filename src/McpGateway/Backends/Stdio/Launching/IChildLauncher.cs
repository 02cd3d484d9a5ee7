using McpGateway.Cli.DemoServer;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>Starts programs. A seam because there are to be two ways of doing it: docs/decisions/0005-cliwrap.md.</summary>
internal interface IChildLauncher
{
    /// <exception cref="ChildLaunchException">The program could not be started; the message says why.</exception>
    IChildProcess Launch(LaunchSpec spec);
}

/// <summary>A program to start, without a shell in between.</summary>
/// <param name="FileName">An absolute path.</param>
/// <param name="Arguments">Handed over one by one, never joined.</param>
/// <param name="Environment">All that the program sees. Values are secrets.</param>
/// <param name="WorkingDirectory">Null: the gateway's own.</param>
internal sealed record LaunchSpec(
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingDirectory);

/// <summary>A started program. Disposing of it frees the pipes and does not stop it; <see cref="StopAsync"/> does.</summary>
internal interface IChildProcess : IDisposable
{
    int Id { get; }

    Stream StandardInput { get; }

    Stream StandardOutput { get; }

    Stream StandardError { get; }

    /// <summary>Completes when the program has ended, however it did.</summary>
    Task<ChildExit> Exited { get; }

    /// <summary>
    /// Bytes of memory that it and its descendants take, files that are only mapped apart; null where the platform cannot say.
    /// </summary>
    long? ReadMemory();

    /// <summary>
    /// The orderly stop of MCP's stdio transport: close stdin, wait, ask by signal, wait, kill. Returns when the program
    /// has ended, and as much of what it started as the launcher promises: docs/processes.md.
    /// </summary>
    Task StopAsync(StopTimes times);
}

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit code; null when a signal ended it.</param>
/// <param name="Signal">The signal's number; null when it exited by itself. With neither, it cannot be told.</param>
internal readonly record struct ChildExit(int? Code, int? Signal)
{
    public override string ToString() => (Code, Signal) switch
    {
        (_, { } signal) => $"ended by signal {signal}",
        ({ } code, _) => $"exited with code {code}",
        _ => "ended, and somebody else has seen how",
    };
}

/// <summary>How long a program may take to end by itself at each step of a stop.</summary>
internal sealed record StopTimes(TimeSpan AfterEndOfInput, TimeSpan AfterTerminate)
{
    public static StopTimes Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

    /// <summary>For what must not go on: it is killed at once.</summary>
    public static StopTimes None { get; } = new(TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>A program could not be started. The message names the program, and never its environment.</summary>
internal sealed class ChildLaunchException(string message, Exception? inner = null) : Exception(message, inner);
