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

/// <summary>Composes the application. The middleware is added in the order in which a request passes it.</summary>
internal static class Gateway
{
    /// <param name="settings">The settings from the command line.</param>
    /// <param name="adjust">Lets a test replace services and settings.</param>
    public static WebApplication Compose(RunSettings settings, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = HostFolder.Find() });
        // Its messages contain query strings, and thus session ids. It would also create an activity for each request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Strangers need not know which server software this is.
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

        // After all registrations, because the last one of a service wins.
        adjust?.Invoke(builder);

        var app = builder.Build();
        SettingsReloadLog.LogFailures(builder.Configuration, app.Logger);
        foreach (var url in settings.ListenOn(builder.Configuration))
            app.Urls.Add(url);

        // First, so that all later steps see paths without the base.
        app.UsePathBase(builder.Configuration["PathBase"] ?? string.Empty);
        app.UseSecurityHeaders();
        app.UseErrorBodies(); // outermost: no error leaves without a body
        app.UsePeerForwarding(); // before everything that uses the client's address
        app.UseHealth(); // before the guard: kubelet sends the pod's address as Host
        app.UseKnownProxies(); // before everything that uses the scheme and the host
        app.UseResourceMetadata(); // before the guard: pages of all origins may read these documents
        app.UseRouting(); // explicit: otherwise the framework adds it as the first step
        app.UseRequestGuard();
        app.UseCors(); // before authentication: a preflight request has no token
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGatewayProxy();
        return app;
    }
}
