using System.Runtime.Versioning;
using System.Text;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Configuration;
using McpGateway.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.Tests.Backends.Stdio.Launching;

/// <summary>Small real programs, started by the gateway's launcher.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class LauncherTests : IDisposable
{
    private readonly Lazy<IChildLauncher> _launcher;

    protected LauncherTests()
    {
        Skip.When(OperatingSystem.IsWindows(), "The programs of these tests are Unix's.");
        _launcher = new(() => new CliWrapLauncher(Time, NullLogger<CliWrapLauncher>.Instance));
    }

    private protected TemporaryFolder Folder { get; } = new();

    private protected ManualTimeProvider Time { get; } = new();

    private protected IChildLauncher Launcher => _launcher.Value;

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Say(string name) => $"echo $$ > \"$DIR\"/{name}";

    private protected IChildProcess Shell(string script) => Start("/bin/sh", "-c", script);

    private protected IChildProcess Start(string program, params string[] arguments) => Launcher.Launch(new LaunchSpec(
        program, arguments, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["DIR"] = Folder.Path }, null));

    /// <summary>For a child that needs none of its time.</summary>
    private protected static async Task StopAsync(IChildProcess child)
    {
        await child.StopAsync(StopTimes.Default).Soon();
        Assert.True(child.Exited.IsCompleted);
    }

    /// <summary>For a child that lets all time pass.</summary>
    private protected async Task StopStubbornAsync(IChildProcess child)
    {
        var stopping = child.StopAsync(StopTimes.Default);
        await Waiting.UntilAsync(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        });
        await stopping;
        Assert.True(child.Exited.IsCompleted);
    }

    private protected static async Task<string> ReadLineAsync(IChildProcess child)
    {
        var reader = new StreamReader(child.StandardOutput);
        return (await reader.ReadLineAsync(TestContext.Current.CancellationToken).Soon())!;
    }

    private protected static async Task<string> ReadTextAsync(Stream stream) =>
        Encoding.UTF8.GetString(await ReadAllAsync(stream));

    private protected static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken).Soon();
        return all.ToArray();
    }
}
