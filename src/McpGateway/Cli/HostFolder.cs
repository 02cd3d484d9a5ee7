namespace McpGateway.Cli;

/// <summary>The folder with the host's settings.</summary>
internal static class HostFolder
{
    public const string SettingsFile = "appsettings.json";

    /// <summary>The working directory if it contains an appsettings.json, otherwise the folder of the program.</summary>
    public static string Find()
    {
        var here = Environment.CurrentDirectory;
        return File.Exists(Path.Combine(here, SettingsFile)) ? here : AppContext.BaseDirectory;
    }

    /// <summary>The settings as the gateway itself would read them.</summary>
    // In the order of ASP.NET Core's host: later sources win.
    public static IConfiguration ReadSettings() => new ConfigurationBuilder()
        .AddEnvironmentVariables("DOTNET_")
        .AddEnvironmentVariables("ASPNETCORE_") // ASPNETCORE_URLS
        .AddJsonFile(Path.Combine(Find(), SettingsFile), optional: true)
        .AddEnvironmentVariables()
        .Build();
}
