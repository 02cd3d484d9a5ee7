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

public static class AccessExtensions
{
    private const string AnyScheme = "access";
    private const string CredentialScheme = "credential";
    private const int DocumentBytes = 1024 * 1024;

    /// <summary>
    /// Adds authentication by tokens and API keys, and the policy of servers. Section <c>Access</c> says who is let in.
    /// </summary>
    public static IServiceCollection AddGatewayAccess(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AccessOptions>, IssuerKeysValidator>();
        services.AddSingleton(_ => new KeyDocuments(CreateClient()));
        services.AddSingleton<KeySources>().AddSingleton<AccessState>().AddSingleton<TokenCache>().AddSingleton<Audiences>();
        services.AddSingleton<ExternalUrls>().AddSingleton<ResourceMetadata>();
        services.AddSingleton<ServerRules>().AddSingleton<Challenge>();
        services.AddSingleton<FailedAuthentications>().AddSingleton<OriginRules>();
        services.AddCors().AddSingleton<ICorsPolicyProvider, ServerCorsProvider>();
        services.AddTransportSecurity();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerOptionsSetup>().AddSingleton<BearerEvents>();
        services.AddSingleton<IAuthenticationConfigurationProvider, NoSchemeSettings>(); // before the framework adds its own
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, options => options.ForwardDefaultSelector = SchemeFor)
            .AddJwtBearer(_ => { })
            .AddScheme<AuthenticationSchemeOptions, CredentialHandler>(CredentialScheme, null);
        services.AddScoped<IAuthenticationService, RememberingAuthenticationService>();
        // It would write a line for each request that is refused.
        services.AddLogging(logging => logging.AddFilter(typeof(CredentialHandler).FullName, LogLevel.Warning));
        services.AddSingleton<IAuthorizationHandler, ServerRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
        services.AddAuthorizationBuilder()
            .AddPolicy(GuardedServer.Policy, policy => policy.AddRequirements(new ServerRequirement()));
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<AccessOptions>>(TrustKnownNetworks);
        return services;
    }

    /// <summary>
    /// Takes scheme, host and address from proxies in known networks; an anonymous gateway from none. It belongs before all
    /// steps that read them.
    /// </summary>
    public static IApplicationBuilder UseKnownProxies(this IApplicationBuilder app)
    {
        var state = app.ApplicationServices.GetRequiredService<AccessState>();
        var access = app.ApplicationServices.GetRequiredService<IOptions<AccessOptions>>().Value;
        return access.ForwardedHeaders.KnownNetworks.Count == 0
            ? app // the framework's step would believe whoever is on this machine
            : app.UseWhen(_ => state.Current.IsRequired, branch => branch.UseForwardedHeaders());
    }

    /// <summary>Serves the documents that tell clients where to get a token. They need none, and are for all origins.</summary>
    public static IApplicationBuilder UseResourceMetadata(this IApplicationBuilder app) =>
        app.UseMiddleware<ResourceMetadataMiddleware>();

    /// <summary>
    /// Refuses requests from where none should come, and sends others on to https. Health checks come before it: kubelet's
    /// Host is the pod's address; so does routing: a server may have origins of its own.
    /// </summary>
    public static IApplicationBuilder UseRequestGuard(this IApplicationBuilder app) =>
        app.UseMiddleware<RequestGuard>().UseTransportSecurity();

    private static string SchemeFor(HttpContext context) =>
        context.RequestServices.GetRequiredService<AccessState>().Current.IsRequired
        && Credential.Of(context.Request).Kind is CredentialKind.Token
            ? JwtBearerDefaults.AuthenticationScheme : CredentialScheme;

    private static HttpClient CreateClient() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        MaxResponseContentBufferSize = DocumentBytes,
    };

    private static void TrustKnownNetworks(ForwardedHeadersOptions options, IOptions<AccessOptions> access)
    {
        options.ForwardedHeaders =
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in access.Value.ForwardedHeaders.KnownNetworks)
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
    }
}
