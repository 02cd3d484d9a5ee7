namespace McpGateway.Cli;

/// <summary>Where the host's settings are.</summary>
internal static class HostFolder
{
    public const string SettingsFile = "appsettings.json";

    /// <summary>The folder that it runs in, if that has an appsettings.json; else the one that the program came in.</summary>
    public static string Find()
    {
        var here = Environment.CurrentDirectory;
        return File.Exists(Path.Combine(here, SettingsFile)) ? here : AppContext.BaseDirectory;
    }

    /// <summary>The settings, as the gateway would find them.</summary>
    public static IConfiguration ReadSettings() => new ConfigurationBuilder()
        .AddEnvironmentVariables("DOTNET_")
        .AddEnvironmentVariables("ASPNETCORE_") // ASPNETCORE_URLS
        .AddJsonFile(Path.Combine(Find(), SettingsFile), optional: true)
        .AddEnvironmentVariables()
        .Build();
}
