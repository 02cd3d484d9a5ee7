using System.CommandLine;
using McpGateway.Configuration;
using McpGateway.Configuration.Reading;

namespace McpGateway.Cli;

/// <summary><c>validate --config FILE</c>: reports every error in a gateway.json without starting anything.</summary>
internal static class ValidateCommand
{
    private const int Valid = 0;
    private const int Invalid = 2;

    // A note and not a warning: nothing in the file is wrong.
    private const string AnonymousNote =
        "note: anonymous callers without a session (POST /{server}/message) share one process per server, including its state";

    public static Command Create()
    {
        var file = new Option<string>("--config")
        {
            Description = "The gateway.json to check.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("validate", "Checks a gateway.json and prints every error in it.") { file };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration;
            return Run(parsed.GetRequiredValue(file), output.Output, output.Error);
        });
        return command;
    }

    private static int Run(string file, TextWriter output, TextWriter error)
    {
        var loader = new GatewayConfigLoader(file, HostEnvironmentVariables.Get);
        var result = loader.Load();
        foreach (var finding in result.Errors)
            error.WriteLine(finding);
        // stdout contains only the result, so that a script can use it.
        foreach (var finding in result.Warnings)
            error.WriteLine($"warning: {finding}");
        if (!result.IsValid)
            return Invalid;
        output.WriteLine($"{loader.Path} is valid: {result.Config.Servers.Count} servers");
        if (result.Config.Servers.Values.Any(server => server.Target is StdioTarget))
            error.WriteLine(AnonymousNote);
        return Valid;
    }
}
