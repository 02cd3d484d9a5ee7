using McpGateway.Access;
using McpGateway.Backends.Remote;
using McpGateway.Backends.Stdio;
using McpGateway.Cli;
using McpGateway.Configuration.Host;
using McpGateway.Drain;
using McpGateway.Http;
using McpGateway.Management;
using McpGateway.Proxy;
using McpGateway.Replicas;
using McpGateway.Replicas.Forwarding;
using McpGateway.Sessions;

namespace McpGateway;

/// <summary>Puts the parts together, in the order in which a request passes them.</summary>
internal static class Gateway
{
    /// <param name="settings">From the command line.</param>
    /// <param name="adjust">What a test replaces.</param>
    public static WebApplication Compose(RunSettings settings, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = HostFolder.Find() });
        // Its lines hold whole query strings, where session ids travel; and it would start an activity for each request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseKestrel(kestrel => kestrel.AddServerHeader = false);

        builder.Services.AddGatewayConfiguration(builder.Configuration, settings.Loader, settings.Initial);
        builder.Services.AddGatewayAccess();
        builder.Services.AddDrain();
        builder.Services.AddReplicas();
        builder.Services.AddSessions();
        builder.Services.AddStdioServers();
        builder.Services.AddRemoteServers();
        builder.Services.AddHttp();
        builder.Services.AddGatewayProxy();
        builder.Services.AddManagement();

        adjust?.Invoke(builder);

        var app = builder.Build();
        SettingsFiles.LogFailures(builder.Configuration, app.Logger);
        foreach (var url in settings.ListenOn(builder.Configuration))
            app.Urls.Add(url);

        app.UsePathBase(builder.Configuration["PathBase"] ?? string.Empty);
        app.UseSecurityHeaders();
        app.UseErrorBodies(); // around all else: nothing leaves without a body
        app.UsePeerForwarding(); // before all that looks at where a request comes from
        app.UseHealth(); // before the guard: kubelet's Host is the pod's address
        app.UseKnownProxies(); // before all that looks at scheme and host
        app.UseResourceMetadata(); // before the guard: these documents are for pages of all origins
        app.UseRouting(); // explicit, or the framework adds steps of its own accord
        app.UseRequestGuard();
        app.UseCors(); // before authentication: browsers ask without a token whether they may send one
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGatewayProxy();
        return app;
    }
}
