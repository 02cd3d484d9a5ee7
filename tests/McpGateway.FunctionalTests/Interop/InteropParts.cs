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
        if (Missing() is not { } reason) return;
        if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail($"{reason} ({RequireVariable}=1)");
        Assert.Skip(reason);
    }

    private static string? Missing()
    {
        if (!Directory.Exists(Module(""))) return "The npm packages are not installed: run `npm ci` in tests/interop.";
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        var program = OperatingSystem.IsWindows() ? "node.exe" : "node";
        return path.Any(folder => File.Exists(Path.Combine(folder, program)))
            ? null
            : "There is no `node` on the PATH: install Node.js 20 or newer.";
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpGateway.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No McpGateway.sln above {AppContext.BaseDirectory}.");
    }
}
