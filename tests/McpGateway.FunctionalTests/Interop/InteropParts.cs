using System.Diagnostics.CodeAnalysis;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>Where the npm parts are, and what to do without them.</summary>
internal static class InteropParts
{
    private const string RequireVariable = "REQUIRE_INTEROP";

    /// <summary>The repository's tests/interop.</summary>
    public static string Folder { get; } = Path.Combine(FindRepository(), "tests", "interop");

    /// <summary>A file of an installed package, by its path below node_modules.</summary>
    public static string Module(string path) => Path.Combine(Folder, "node_modules", path);

    /// <summary>Skips the test where a part is missing, or fails it where REQUIRE_INTEROP=1 says that none may be.</summary>
    public static void Require()
    {
        if (!Directory.Exists(Module(""))) Miss("The npm packages are not installed: run `npm ci` in tests/interop.");
        if (Find("node") is null) Miss("There is no `node` on the PATH: install Node.js 20 or newer.");
    }

    /// <summary>The same for the browser.</summary>
    /// <returns>Its path.</returns>
    public static string RequireChromium()
    {
        Require();
        var chromium = Find("chromium", "chromium-browser", "google-chrome");
        if (chromium is null) Miss("There is no `chromium` on the PATH: install it, on Debian by `apt-get install chromium`.");
        return chromium;
    }

    [DoesNotReturn]
    private static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail($"{reason} ({RequireVariable}=1)");
        Assert.Skip(reason);
    }

    // The first of these programs that is on the PATH.
    private static string? Find(params string[] programs)
    {
        var suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return programs.SelectMany(program => path.Select(folder => Path.Combine(folder, program + suffix))).FirstOrDefault(File.Exists);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpGateway.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No McpGateway.sln above {AppContext.BaseDirectory}.");
    }
}
