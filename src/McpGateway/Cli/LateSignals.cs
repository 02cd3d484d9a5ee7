using System.Runtime.InteropServices;

namespace McpGateway.Cli;

/// <summary>
/// From the beginning of the stop, further signals no longer end the process by themselves. The host's own handlers are gone
/// before the process is: a signal in between would turn an orderly stop into exit code 143.
/// </summary>
internal static class LateSignals
{
    // For the rest of the process: a registration ends when its object is collected.
    private static PosixSignalRegistration[] _registrations = [];

    public static WebApplication IgnoreLateSignals(this WebApplication app)
    {
        app.Lifetime.ApplicationStopping.Register(() => _registrations = Array.ConvertAll(
            [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT],
            signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true)));
        return app;
    }
}
