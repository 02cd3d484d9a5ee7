using McpGateway.Configuration;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Transport;

/// <summary>Security of the connections: HTTPS is enforced, and clients that send slowly are cut off.</summary>
internal static class TransportExtensions
{
    private const int HttpsPort = 443;

    // Kestrel's default: a connection may start slowly, and the minimum rate applies after this time.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddTransportSecurity(this IServiceCollection services)
    {
        services.AddOptions<HttpsRedirectionOptions>().Configure<IOptions<AccessOptions>>((redirection, access) =>
            redirection.HttpsPort = access.Value.Https.Port ?? PortOf(access.Value.PublicUrl));
        services.AddOptions<HstsOptions>().Configure<IOptions<AccessOptions>>((hsts, access) =>
            hsts.MaxAge = access.Value.Https.HstsMaxAge ?? default);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitsOptions>>(Limit);
        return services;
    }

    /// <summary>
    /// Redirects to HTTPS and sends Strict-Transport-Security, if configured. It must come after the request guard, which checks
    /// the Host that the redirect contains.
    /// </summary>
    public static IApplicationBuilder UseTransportSecurity(this IApplicationBuilder app)
    {
        var https = app.ApplicationServices.GetRequiredService<IOptions<AccessOptions>>().Value.Https;
        if (https.HstsMaxAge is not null)
            app.UseHsts();
        return https.Redirect ? app.UseHttpsRedirection() : app;
    }

    private static int PortOf(string? publicUrl) =>
        Uri.TryCreate(publicUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps ? url.Port : HttpsPort;

    private static void Limit(KestrelServerOptions kestrel, IOptions<LimitsOptions> options)
    {
        var limits = options.Value;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.Limits.MinRequestBodyDataRate =
            limits.BodyBytesPerSecond is > 0 and var rate ? new MinDataRate(rate, Grace) : null;
    }
}
