using McpGateway.Sessions;
using McpGateway.Backends.Remote;
using McpGateway.Backends.Stdio;
using McpGateway.Configuration;
using McpGateway.Policies.RateLimits;
using McpGateway.Replicas;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace McpGateway.Http;

public static class HttpExtensions
{
    /// <summary>Has the listeners close in order when the gateway stops.</summary>
    public static void UseListenSockets(this IApplicationBuilder app)
    {
        var sockets = app.ApplicationServices.GetRequiredService<ListenSockets>();
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        app.ApplicationServices.GetRequiredService<DrainState>().StopAccepting = () => sockets.StopAcceptingAsync(time);
    }

    /// <summary>Adds the HTTP wire forms of MCP and their entry, <see cref="McpEndpoint"/>.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services) => services
        .AddSingleton<ListenSockets>()
        .AddSingleton<IConfigureOptions<SocketTransportOptions>>(provider => new ConfigureOptions<SocketTransportOptions>(
            sockets => sockets.CreateBoundListenSocket = provider.GetRequiredService<ListenSockets>().Create))
        .AddSingleton<ClientLimits>()
        .AddSingleton<RateLimits>()
        .AddSingleton<RequestBodyReader>()
        .AddSingleton<PlainHttpHandler>()
        .AddSingleton<SseHandler>()
        .AddSingleton<MessageHandler>()
        .AddSingleton<PostHandler>()
        .AddSingleton<StreamableHttpHandler>()
        .AddSingleton<HttpTransports>()
        .AddSingleton(provider => new McpEndpoint(
            provider.GetRequiredService<ServerRegistry>(),
            provider.GetRequiredService<StdioParts>(),
            provider.GetRequiredService<RemoteServers>(),
            provider.GetRequiredService<HttpTransports>(),
            provider.GetRequiredService<IOptions<AccessOptions>>()));
}
