using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Starts a server's child as its configuration says.</summary>
internal sealed class ChildStarter(ChildContext context)
{
    /// <summary>Starts a process and connects to it.</summary>
    /// <param name="server">A stdio server.</param>
    /// <param name="observer">Receives the child's own requests and notifications.</param>
    /// <param name="calls">Where calls to it are recorded.</param>
    /// <param name="user">The user's part of its environment; null when it has none.</param>
    /// <exception cref="ChildLaunchException">It cannot be started.</exception>
    public ChildConnection Start(
        ServerState server, IConnectionObserver observer, CallRegistry calls, UserEnvironment? user = null) =>
        Connect(server, Launch(server, user), observer, calls, user);

    /// <summary>Connects to a process that is running already.</summary>
    public ChildConnection Connect(
        ServerState server, IChildProcess process, IConnectionObserver observer, CallRegistry calls,
        UserEnvironment? user = null) =>
        new(process, observer, server, calls, context, user);

    /// <summary>Starts a process.</summary>
    /// <exception cref="ChildLaunchException">It cannot be started.</exception>
    public IChildProcess Launch(ServerState server, UserEnvironment? user = null)
    {
        var target = server.Stdio;
        // The system reports a missing folder as "No such file or directory", as if the program were missing.
        if (target.WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new ChildLaunchException($"The working directory '{directory}' does not exist.");
        if (target.IsPersonal && user is null)
            throw new ChildLaunchException("Its environment requires a user's values (${claim:…}, ${header:…}). None is given.");
        var environment = ChildEnvironment.For(target, user);
        var program = CommandResolver.Resolve(target.Command, environment, target.WorkingDirectory);
        return context.Launcher.Launch(new LaunchSpec(program, target.Arguments, environment, target.WorkingDirectory));
    }
}
