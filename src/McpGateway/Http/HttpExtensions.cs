using McpGateway.Backends.Remote;
using McpGateway.Backends.Stdio;
using McpGateway.Configuration;
using McpGateway.Drain;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace McpGateway.Http;

internal static class HttpExtensions
{
    /// <summary>Adds the HTTP wire forms of MCP and their entry, <see cref="McpEndpoint"/>.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services) => services
        .AddSingleton<ListenSockets>()
        .AddSingleton<IDrainParticipant, ListenSocketsDrain>()
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
        // By hand: its constructor is internal, and the container finds only public ones.
        .AddSingleton(provider => new McpEndpoint(
            provider.GetRequiredService<ServerRegistry>(),
            provider.GetRequiredService<StdioParts>(),
            provider.GetRequiredService<RemoteServers>(),
            provider.GetRequiredService<HttpTransports>(),
            provider.GetRequiredService<IOptions<AccessOptions>>()));

    /// <summary>Gives every error a JSON-RPC body. It belongs before all other steps.</summary>
    public static IApplicationBuilder UseErrorBodies(this IApplicationBuilder app) => app.UseMiddleware<ErrorBodiesMiddleware>();
}
