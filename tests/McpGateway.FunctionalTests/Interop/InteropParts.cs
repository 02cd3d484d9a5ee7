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
        if (Missing() is { } reason) Skip(reason);
    }

    /// <summary>The same for a program.</summary>
    /// <param name="name">Its file's name.</param>
    /// <param name="advice">How to get it.</param>
    /// <returns>Its path.</returns>
    public static string RequireProgram(string name, string advice)
    {
        if (Find(name) is { } path) return path;
        Skip($"There is no `{name}` on the PATH: {advice}.");
        return name;
    }

    private static void Skip(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail($"{reason} ({RequireVariable}=1)");
        Assert.Skip(reason);
    }

    private static string? Missing()
    {
        if (!Directory.Exists(Module(""))) return "The npm packages are not installed: run `npm ci` in tests/interop.";
        return Find("node") is null ? "There is no `node` on the PATH: install Node.js 20 or newer." : null;
    }

    // Servers are often where only root looks.
    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? []).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpGateway.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No McpGateway.sln above {AppContext.BaseDirectory}.");
    }
}
