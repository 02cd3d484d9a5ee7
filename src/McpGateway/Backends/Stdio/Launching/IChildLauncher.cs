using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>Starts programs. An interface so that tests can do without real processes.</summary>
internal interface IChildLauncher
{
    /// <exception cref="ChildLaunchException">The program could not be started; the message says why.</exception>
    IChildProcess Launch(LaunchSpec spec);
}
