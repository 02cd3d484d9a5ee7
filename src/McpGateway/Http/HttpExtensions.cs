using McpGateway.Backends.Remote;
using McpGateway.Configuration;
using McpGateway.Drain;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace McpGateway.Http;

public static class HttpExtensions
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
        .AddSingleton<CallerValues>()
        .AddSingleton<PlainHttpHandler>()
        .AddSingleton<SseHandler>()
        .AddSingleton<MessageHandler>()
        .AddSingleton<PostHandler>()
        .AddSingleton<StreamableHttpHandler>()
        .AddSingleton(provider => new McpEndpoint(
            provider.GetRequiredService<ServerRegistry>(),
            provider.GetRequiredService<StreamableHttpHandler>(),
            provider.GetRequiredService<SseHandler>(),
            provider.GetRequiredService<MessageHandler>(),
            provider.GetRequiredService<SessionManager>()))
        .AddRemote();

    /// <summary>Gives every error a JSON-RPC body. It belongs before all other steps.</summary>
    public static IApplicationBuilder UseErrorBodies(this IApplicationBuilder app) => app.UseMiddleware<ErrorBodiesMiddleware>();

    private static IServiceCollection AddRemote(this IServiceCollection services) => services
        .AddSingleton<SessionSeal>()
        .AddSingleton<RemoteListedItems>()
        .AddSingleton<UpstreamReports>()
        .AddSingleton<RemoteDrain>()
        .AddSingleton<IDrainParticipant>(provider => provider.GetRequiredService<RemoteDrain>())
        .AddSingleton<RemoteContext>()
        .AddSingleton<RemoteHeaders>()
        .AddSingleton<RemoteRules>()
        .AddSingleton<RemoteListening>()
        .AddSingleton<RemoteStreamableHandler>()
        .AddSingleton<RemoteSseHandler>()
        .AddSingleton(provider => new RemoteEndpoint(
            provider.GetRequiredService<GatewayConfigProvider>(),
            provider.GetRequiredService<SessionSeal>(),
            provider.GetRequiredService<RemoteStreamableHandler>(),
            provider.GetRequiredService<RemoteSseHandler>()));
}
