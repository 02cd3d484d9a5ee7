using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Starts a server's child as its configuration says.</summary>
internal sealed class ChildStarter(ChildContext context)
{
    /// <summary>Starts one. The caller has reserved its place (<see cref="ServerState.TryReserveProcess"/>).</summary>
    /// <param name="server">A stdio server.</param>
    /// <param name="listener">Receives what the child says of its own accord.</param>
    /// <param name="calls">Where the calls to it are recorded.</param>
    /// <param name="user">The user's part of its environment; null when it has none.</param>
    /// <exception cref="ChildLaunchException">It cannot be started; the place has been given back.</exception>
    public ChildConnection Start(ServerState server, IConnectionObserver listener, CallRegistry calls, UserEnvironment? user = null)
    {
        try
        {
            return Connect(server, Launch(server, user), listener, calls, user);
        }
        catch
        {
            server.ReleaseProcess();
            throw;
        }
    }

    /// <summary>Connects to a child that was started before.</summary>
    public ChildConnection Connect(
        ServerState server, IChildProcess process, IConnectionObserver listener, CallRegistry calls, UserEnvironment? user = null) =>
        new(process, listener, server, calls, context, user);

    /// <exception cref="ChildLaunchException">It cannot be started.</exception>
    internal IChildProcess Launch(ServerState server, UserEnvironment? user = null)
    {
        var target = server.Stdio;
        if (target.WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new ChildLaunchException($"The working directory '{directory}' does not exist.");
        if (target.IsPersonal && user is null)
            throw new ChildLaunchException("Its environment has parts that only a user can bring along, and there is none.");
        var environment = ChildEnvironment.For(target, user);
        var program = CommandResolver.Resolve(target.Command, environment, target.WorkingDirectory);
        return context.Launcher.Launch(new LaunchSpec(program, target.Arguments, environment, target.WorkingDirectory));
    }
}
