#if USE_CLIWRAP
using System.ComponentModel;
using CliWrap;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>Starts children with CliWrap: docs/decisions/0005-cliwrap.md.</summary>
internal sealed class CliWrapLauncher(TimeProvider time) : IChildLauncher
{
    public IChildProcess Launch(LaunchSpec spec)
    {
        var command = new Command(spec.FileName)
            .WithArguments(spec.Arguments, escape: true)
            .WithWorkingDirectory(spec.WorkingDirectory ?? Environment.CurrentDirectory)
            .WithEnvironmentVariables(Variables(spec))
            .WithValidation(CommandResultValidation.None);
        try
        {
            return new CliWrapChild(command, time);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            throw new ChildLaunchException($"'{spec.FileName}' cannot be started: {exception.Message}", exception);
        }
    }

    // What CliWrap is not told of, a child inherits; null takes a variable away.
    private static Dictionary<string, string?> Variables(LaunchSpec spec)
    {
        var variables = new Dictionary<string, string?>();
        foreach (string inherited in Environment.GetEnvironmentVariables().Keys)
            variables[inherited] = null;
        foreach (var (name, value) in spec.Environment)
            variables[name] = value;
        return variables;
    }
}
#endif
