namespace McpGateway.Servers.Launching;

/// <summary>Starts programs. An interface so that tests can do without real processes.</summary>
public interface IChildLauncher
{
    /// <exception cref="ChildLaunchException">The program could not be started; the message says why.</exception>
    IChildProcess Launch(LaunchSpec spec);
}
