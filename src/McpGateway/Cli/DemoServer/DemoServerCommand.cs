using System.CommandLine;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>
/// <c>McpGateway demo-server</c>: an MCP server on stdin and stdout. With it the gateway can be tried without installing anything
/// else.
/// </summary>
internal static class DemoServerCommand
{
    public static Command Create()
    {
        var command = new Command("demo-server", "Runs the built-in demo MCP server on standard input and output.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var loggers = new StderrLoggerFactory(Console.Error);
        // The transport owns stdin and stdout. Nothing else may write to stdout.
        await using var transport = new StdioServerTransport(DemoServerHost.Name, loggers);
        await DemoServerHost.RunAsync(transport, loggers, TimeProvider.System, cancellationToken);
        return 0;
    }
}
