using System.CommandLine;
using System.Net;
using System.Net.Security;

namespace McpGateway.Cli;

/// <summary>
/// <c>health</c>: asks the gateway on this machine whether it is healthy. For container health checks: the image contains no
/// other program that could send the request.
/// </summary>
internal static class HealthCommand
{
    private const int Healthy = 0;
    private const int Unhealthy = 1; // as Docker expects: https://docs.docker.com/reference/dockerfile/#healthcheck

    // Less than the 10 seconds of HEALTHCHECK in the Dockerfile, so that the reason is still printed.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <param name="settings">The host's settings.</param>
    public static Command Create(Func<IConfiguration> settings)
    {
        var url = new Option<string?>("--url")
        {
            Description = "The URL of the gateway. Default: the address that the settings tell it to listen on.",
            HelpName = "URL",
        };
        var command = new Command("health", "Checks the health of a running gateway. Exit code 0 if it is healthy, otherwise 1.")
        {
            url,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var address = parsed.GetValue(url) ?? Listener(settings());
            var output = parsed.InvocationConfiguration;
            if (ToLoopback(address) is { } gateway)
                return CheckAsync(new Uri(gateway, "/health"), output, cancellationToken);
            output.Error.WriteLine($"{address} is not a valid address; pass one with --url, such as --url http://127.0.0.1:8000");
            return Task.FromResult(Unhealthy);
        });
        return command;
    }

    private static string Listener(IConfiguration settings) =>
        RunSettings.ListenOn(null, settings).Concat(RunSettings.KestrelUrls(settings)).First();

    // Nobody can connect to Kestrel's wildcards (*, +) and to 0.0.0.0 or [::]: they mean all addresses of this machine.
    private static Uri? ToLoopback(string url)
    {
        var named = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal)
            .Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return null;
        if (!IPAddress.TryParse(uri.IdnHost, out var address))
            return uri;
        var loopback = address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return new UriBuilder(uri) { Host = loopback.ToString() }.Uri;
    }

    private static async Task<int> CheckAsync(Uri health, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        // Without a proxy from the environment, and without redirects: the answer must come from this very gateway.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        // The certificate is issued for the gateway's public name, so it never matches a loopback address.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            errors is SslPolicyErrors.None || health.IsLoopback;
        using var client = new HttpClient(handler) { Timeout = RequestTimeout };
        try
        {
            using var answer = await client.GetAsync(health, cancellationToken);
            output.Output.WriteLine(await answer.Content.ReadAsStringAsync(cancellationToken));
            if (answer.IsSuccessStatusCode)
                return Healthy;
            output.Error.WriteLine($"{health} answered with status {(int)answer.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            output.Error.WriteLine($"{health} did not answer: {exception.Message}");
        }

        return Unhealthy;
    }
}
