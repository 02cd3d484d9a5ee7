using McpGateway.Access.Authentication;
using McpGateway.Access.Authorization;
using McpGateway.Access.Discovery;
using McpGateway.Access.Endpoints;
using McpGateway.Access.Keys;
using McpGateway.Access.Origins;
using McpGateway.Access.Transport;
using McpGateway.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace McpGateway.Access;

/// <summary>Registers access control and adds its middleware.</summary>
internal static class AccessExtensions
{
    private const string AnyScheme = "access";
    private const string CredentialScheme = "credential";
    // Discovery documents and key sets have a few KB. A larger response must not fill the memory.
    private const int DocumentBytes = 1024 * 1024;

    /// <summary>
    /// Adds authentication with tokens and API keys, and the authorization policy for servers, as configured in section
    /// <c>Access</c>.
    /// </summary>
    public static IServiceCollection AddGatewayAccess(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AccessOptions>, IssuerKeysValidator>();
        services.AddSingleton(_ => new KeyDocuments(CreateClient()));
        services.AddSingleton<KeySources>().AddSingleton<AccessMonitor>().AddSingleton<TokenCache>().AddSingleton<Audiences>();
        services.AddSingleton<ExternalUrls>().AddSingleton<ResourceMetadata>();
        services.AddSingleton<ServerRules>().AddSingleton<Challenge>();
        services.AddSingleton<FailedAuthentications>().AddSingleton<OriginRules>();
        services.AddCors().AddSingleton<ICorsPolicyProvider, ServerCorsProvider>();
        services.AddTransportSecurity();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerOptionsSetup>().AddSingleton<BearerEvents>();
        services.AddSingleton<IAuthenticationConfigurationProvider, NoSchemeSettings>(); // before the framework adds its own
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, options => options.ForwardDefaultSelector = SchemeFor)
            .AddJwtBearer(_ => { }) // BearerOptionsSetup configures it
            .AddScheme<AuthenticationSchemeOptions, CredentialHandler>(CredentialScheme, null);
        // After AddAuthentication, whose service it replaces.
        services.AddScoped<IAuthenticationService, RememberingAuthenticationService>();
        // The framework's base class logs every failed authentication at Information. Anybody could fill the log that way.
        services.AddLogging(logging => logging.AddFilter(typeof(CredentialHandler).FullName, LogLevel.Warning));
        services.AddSingleton<IAuthorizationHandler, ServerRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
        services.AddAuthorizationBuilder()
            .AddPolicy(GuardedServer.Policy, policy => policy.AddRequirements(new ServerRequirement()));
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<AccessOptions>>(TrustKnownNetworks);
        return services;
    }

    /// <summary>
    /// Applies X-Forwarded-For, -Host and -Proto from proxies in known networks; on an anonymous gateway, from no proxy. It must
    /// come before everything that uses the scheme, the host or the client's address.
    /// </summary>
    public static IApplicationBuilder UseKnownProxies(this IApplicationBuilder app)
    {
        var state = app.ApplicationServices.GetRequiredService<AccessMonitor>();
        var access = app.ApplicationServices.GetRequiredService<IOptions<AccessOptions>>().Value;
        // The middleware removes what it applies. On an anonymous gateway the headers stay, and the request guard refuses them.
        return access.ForwardedHeaders.KnownNetworks.Count == 0
            ? app // without networks, the framework's middleware would trust every proxy on the loopback address
            : app.UseWhen(_ => state.Current.IsRequired, branch => branch.UseForwardedHeaders());
    }

    /// <summary>
    /// Serves the documents that tell clients where to get a token. They need no token and are readable from every origin.
    /// </summary>
    public static IApplicationBuilder UseResourceMetadata(this IApplicationBuilder app) =>
        app.UseMiddleware<ResourceMetadataMiddleware>();

    /// <summary>
    /// Refuses requests with a wrong Host or Origin, and redirects to HTTPS. Health checks must come before it, because kubelet
    /// sends the pod's address as Host. Routing must come before it too, because a server may have its own origins.
    /// </summary>
    public static IApplicationBuilder UseRequestGuard(this IApplicationBuilder app) =>
        app.UseMiddleware<RequestGuard>().UseTransportSecurity();

    private static string SchemeFor(HttpContext context) =>
        context.RequestServices.GetRequiredService<AccessMonitor>().Current.IsRequired
        && Credential.Of(context.Request).Kind is CredentialKind.Token
            ? JwtBearerDefaults.AuthenticationScheme
            : CredentialScheme;

    // Connections are closed from time to time, so that a change in the issuer's DNS is noticed.
    private static HttpClient CreateClient() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        MaxResponseContentBufferSize = DocumentBytes,
    };

    private static void TrustKnownNetworks(ForwardedHeadersOptions options, IOptions<AccessOptions> access)
    {
        options.ForwardedHeaders =
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto;
        // By default every proxy on the loopback address is trusted.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in access.Value.ForwardedHeaders.KnownNetworks)
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
    }
}
