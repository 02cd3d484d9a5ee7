using McpGateway.Servers.Launching;

namespace McpGateway.Servers;

/// <summary>Starts a server's child as its configuration says.</summary>
public sealed class ChildStarter(ChildContext context)
{
    /// <summary>Starts one. The caller has reserved its place (<see cref="ServerState.TryReserveProcess"/>).</summary>
    /// <param name="server">A stdio server.</param>
    /// <param name="listener">Receives what the child says of its own accord.</param>
    /// <exception cref="ChildLaunchException">It cannot be started; the place has been given back.</exception>
    public ChildConnection Start(ServerState server, IChildListener listener)
    {
        try
        {
            return Connect(server, Launch(server), listener);
        }
        catch
        {
            server.ReleaseProcess();
            throw;
        }
    }

    /// <summary>Connects to a child that was started before.</summary>
    public ChildConnection Connect(ServerState server, IChildProcess process, IChildListener listener) =>
        new(process, listener, server, context);

    /// <exception cref="ChildLaunchException">It cannot be started.</exception>
    internal IChildProcess Launch(ServerState server)
    {
        var target = server.Stdio;
        if (target.WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new ChildLaunchException($"The working directory '{directory}' does not exist.");
        var environment = ChildEnvironment.For(target);
        var program = CommandResolver.Resolve(target.Command, environment, target.WorkingDirectory);
        return context.Launcher.Launch(new LaunchSpec(program, target.Arguments, environment, target.WorkingDirectory));
    }
}
