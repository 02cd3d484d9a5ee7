using McpGateway.Configuration.Reading;

namespace McpGateway.Cli;

/// <summary>The settings from the command line, known before the application is created.</summary>
/// <param name="Loader">Reloads gateway.json when it changes.</param>
/// <param name="Initial">The result of its first load; valid.</param>
/// <param name="Urls">The URLs to listen on; null: those of the host's settings.</param>
internal sealed record RunSettings(GatewayConfigLoader Loader, GatewayConfigResult Initial, string? Urls)
{
    public const string DefaultUrls = "http://127.0.0.1:8000";

    private const StringSplitOptions Parts = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>
    /// The URLs to listen on: from the command line, otherwise from the settings, otherwise a loopback address.
    /// </summary>
    /// <returns>Empty when the section <c>Kestrel</c> of appsettings.json defines the endpoints.</returns>
    public IEnumerable<string> ListenOn(IConfiguration configuration) => ListenOn(Urls, configuration);

    /// <summary>The same for these URLs from the command line.</summary>
    public static IEnumerable<string> ListenOn(string? given, IConfiguration configuration)
    {
        var fallback = KestrelUrls(configuration).Any() ? string.Empty : DefaultUrls;
        // A blank value counts as missing. Without any URL, ASP.NET Core would use its default port 5000, which is not checked.
        return new[] { given, configuration["urls"], fallback }.Select(urls => urls?.Split(';', Parts))
            .FirstOrDefault(urls => urls is { Length: > 0 }) ?? [];
    }

    /// <summary>The endpoints that the section <c>Kestrel</c> defines.</summary>
    // An endpoint without a Url is left out here. Kestrel itself refuses to start with it.
    public static IEnumerable<string> KestrelUrls(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
}
