using System.ComponentModel;
using System.Diagnostics;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>Starts children with the framework's own <see cref="Process"/>, on every platform that it knows.</summary>
internal sealed class ProcessLauncher(TimeProvider time) : IChildLauncher
{
    public IChildProcess Launch(LaunchSpec spec)
    {
        var info = new ProcessStartInfo(spec.FileName, spec.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            UseShellExecute = false,
            WorkingDirectory = spec.WorkingDirectory ?? string.Empty,
        };
        info.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
            info.Environment[name] = value;
        try
        {
            return new LaunchedProcess(Process.Start(info)!, time);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            throw new ChildLaunchException($"'{spec.FileName}' cannot be started: {exception.Message}", exception);
        }
    }
}
