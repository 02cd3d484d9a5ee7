using System.CommandLine;
using McpGateway;
using McpGateway.Backends.Stdio.Guarding;
using McpGateway.Cli;
using McpGateway.Cli.DemoServer;

var root = new RootCommand("Serves stdio MCP servers over HTTP.")
{
    ValidateCommand.Create(),
    TokenCommand.Create(HostFolder.ReadSettings, TimeProvider.System),
    HealthCommand.Create(HostFolder.ReadSettings),
    DemoServerCommand.Create(),
};
new RunCommand(settings => Gateway.Compose(settings).IgnoreLateSignals(), Guard.Enter).AddTo(root);
// The host handles SIGTERM and Ctrl+C. The library's own handler would kill the process after two seconds, during calls.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
