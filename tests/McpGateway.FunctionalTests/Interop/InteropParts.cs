using System.Diagnostics.CodeAnalysis;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>Where the parts are that are not .NET's, and what to do without them.</summary>
internal static class InteropParts
{
    private const string RequireVariable = "REQUIRE_INTEROP";

    /// <summary>The top of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The repository's tests/interop.</summary>
    public static string Folder { get; } = Path.Combine(Repository, "tests", "interop");

    /// <summary>A file of an installed package, by its path below node_modules.</summary>
    public static string Module(string path) => Path.Combine(Folder, "node_modules", path);

    /// <summary>Skips the test where a part is missing, or fails it where REQUIRE_INTEROP=1 says that none may be.</summary>
    public static void Require()
    {
        if (!Directory.Exists(Module(""))) Miss("The npm packages are not installed: run `npm ci` in tests/interop.");
        RequireProgram("install Node.js 20 or newer", "node");
    }

    /// <summary>The same for the browser.</summary>
    /// <returns>Its path.</returns>
    public static string RequireChromium()
    {
        Require();
        return RequireProgram(
            "install it, on Debian by `apt-get install chromium`", "chromium", "chromium-browser", "google-chrome");
    }

    /// <summary>The same for a program.</summary>
    /// <param name="advice">How to get it.</param>
    /// <param name="names">What its file may be called.</param>
    /// <returns>Its path.</returns>
    public static string RequireProgram(string advice, params string[] names)
    {
        if (Find(names) is { } path) return path;
        Miss($"There is no `{names[0]}` on the PATH: {advice}.");
        return null;
    }

    /// <summary>Skips the test without a program that <c>.ci/run</c> cannot install, so that nobody can require it.</summary>
    /// <returns>Its path.</returns>
    public static string NeedProgram(string advice, string name)
    {
        Skip.Unless(Find(name) is not null, $"There is no `{name}` on the PATH: {advice}.");
        return Find(name)!;
    }

    [DoesNotReturn]
    private static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail($"{reason} ({RequireVariable}=1)");
        Skip.Now(reason);
    }

    // The first of these programs that is there. Servers are often where only root looks.
    private static string? Find(params string[] programs)
    {
        var suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        var path = (Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? []).Append("/usr/sbin");
        return programs.SelectMany(program => path.Select(folder => Path.Combine(folder, program + suffix)))
            .FirstOrDefault(File.Exists);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpGateway.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No McpGateway.sln above {AppContext.BaseDirectory}.");
    }
}
