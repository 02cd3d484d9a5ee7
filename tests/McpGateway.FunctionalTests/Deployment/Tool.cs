using System.Diagnostics;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>A program that is run to its end.</summary>
internal sealed record Tool(int ExitCode, string Output, string Errors)
{
    public static async Task<Tool> RunAsync(
        string program, string[] arguments, string input = "", Dictionary<string, string?>? environment = null)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
            info.Environment[name] = value;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(TestHttp.Token);
        var errors = process.StandardError.ReadToEndAsync(TestHttp.Token);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(TestHttp.Token).WaitAsync(2 * TestHttp.Timeout, TestHttp.Token);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new(process.ExitCode, await output, await errors);
    }
}
