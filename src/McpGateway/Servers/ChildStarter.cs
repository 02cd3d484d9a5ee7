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
        var target = server.Stdio;
        try
        {
            if (target.WorkingDirectory is { } directory && !Directory.Exists(directory))
                throw new ChildLaunchException($"The working directory '{directory}' does not exist.");
            var environment = ChildEnvironment.For(target);
            var program = CommandResolver.Resolve(target.Command, environment, target.WorkingDirectory);
            var process = context.Launcher.Launch(new LaunchSpec(program, target.Arguments, environment, target.WorkingDirectory));
            return new ChildConnection(process, listener, server, context);
        }
        catch
        {
            server.ReleaseProcess();
            throw;
        }
    }
}
