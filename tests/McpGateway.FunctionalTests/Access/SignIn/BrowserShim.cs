using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>
/// A program that opens no browser but leaves the URL in a file. Desktop programs are led to it by BROWSER, which xdg-open
/// follows where it knows of no desktop.
/// </summary>
internal sealed class BrowserShim : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcpgateway-browser-");

    public BrowserShim()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Which browser a program opens can only be told it on Linux.");
        File.WriteAllText(Program, "#!/bin/sh\nprintf %s \"$1\" >\"$0.part\" && mv \"$0.part\" \"$0.url\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>For the process that would open a browser.</summary>
    public Dictionary<string, string> Environment => new() { ["BROWSER"] = Program, ["XDG_CURRENT_DESKTOP"] = "X-Generic" };

    private string Program => Path.Combine(_folder.FullName, "browser");

    /// <summary>Waits for the next URL.</summary>
    public async Task<Uri> OpenedAsync()
    {
        var file = Program + ".url";
        await Eventually.TrueAsync(() => File.Exists(file), "the browser is opened");
        var url = new Uri(await File.ReadAllTextAsync(file, TestHttp.Token));
        File.Delete(file);
        return url;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
