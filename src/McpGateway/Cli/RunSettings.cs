using McpGateway.Configuration.Reading;

namespace McpGateway.Cli;

/// <summary>What the command line has settled before the gateway is composed.</summary>
/// <param name="Loader">Reads gateway.json again when it changes.</param>
/// <param name="Initial">What it read first; valid.</param>
/// <param name="Urls">Where to listen; null: what the host's configuration says.</param>
internal sealed record RunSettings(GatewayConfigLoader Loader, GatewayConfigResult Initial, string? Urls)
{
    public const string DefaultUrls = "http://127.0.0.1:8000";

    private const StringSplitOptions Parts = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>The URLs to listen on: the command line's, else the configuration's, else loopback's.</summary>
    /// <returns>None when Kestrel's own section of appsettings.json names the endpoints.</returns>
    public IEnumerable<string> ListenOn(IConfiguration configuration) => ListenOn(Urls, configuration);

    /// <summary>The same for these URLs of the command line.</summary>
    public static IEnumerable<string> ListenOn(string? given, IConfiguration configuration)
    {
        var fallback = KestrelUrls(configuration).Any() ? string.Empty : DefaultUrls;
        // Blank ones count as not given: with no URL at all the host would listen where nobody has looked.
        return new[] { given, configuration["urls"], fallback }.Select(urls => urls?.Split(';', Parts))
            .FirstOrDefault(urls => urls is { Length: > 0 }) ?? [];
    }

    /// <summary>The endpoints that Kestrel's own section names.</summary>
    public static IEnumerable<string> KestrelUrls(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
}
