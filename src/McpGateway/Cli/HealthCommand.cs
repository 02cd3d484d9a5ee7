using System.CommandLine;
using System.Net;
using System.Net.Security;

namespace McpGateway.Cli;

/// <summary>
/// <c>health</c>: asks the gateway on this machine whether it is up. For the health checks of containers whose image has no
/// other program that could ask.
/// </summary>
internal static class HealthCommand
{
    private const int Healthy = 0;
    private const int Unhealthy = 1; // Docker's: https://docs.docker.com/reference/dockerfile/#healthcheck

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="settings">The host's settings.</param>
    public static Command Create(Func<IConfiguration> settings)
    {
        var url = new Option<string?>("--url")
        {
            Description = "The gateway's address. Default: where the settings have it listen.",
            HelpName = "URL",
        };
        var command = new Command("health", "Asks a running gateway for its health; exit code 0 if it is up, else 1.") { url };
        command.SetAction((parsed, cancellationToken) =>
        {
            var address = parsed.GetValue(url) ?? Listener(settings());
            var output = parsed.InvocationConfiguration;
            if (ToLoopback(address) is { } gateway)
                return AskAsync(new Uri(gateway, "/health"), output, cancellationToken);
            output.Error.WriteLine($"{address} is not an address to ask at; write --url http://127.0.0.1:8000");
            return Task.FromResult(Unhealthy);
        });
        return command;
    }

    private static string Listener(IConfiguration settings) =>
        RunSettings.ListenOn(null, settings).Concat(RunSettings.KestrelUrls(settings)).First();

    // Kestrel's wildcards, and the addresses that stand for all of this machine's, are none to connect to.
    private static Uri? ToLoopback(string url)
    {
        var named = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return null;
        if (!IPAddress.TryParse(uri.IdnHost, out var address))
            return uri;
        var loopback = address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return new UriBuilder(uri) { Host = loopback.ToString() }.Uri;
    }

    private static async Task<int> AskAsync(Uri health, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        // Here its certificate is for another name, the public one.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            errors is SslPolicyErrors.None || health.IsLoopback;
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(health, cancellationToken);
            output.Output.WriteLine(await answer.Content.ReadAsStringAsync(cancellationToken));
            if (answer.IsSuccessStatusCode)
                return Healthy;
            output.Error.WriteLine($"{health} answers {(int)answer.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            output.Error.WriteLine($"{health} does not answer: {exception.Message}");
        }

        return Unhealthy;
    }
}
