using McpGateway.Configuration;
using McpGateway.Limits;
using McpGateway.Transports.PlainHttp;
using McpGateway.Transports.Remote;
using McpGateway.Transports.Sse;
using McpGateway.Transports.StreamableHttp;

namespace McpGateway.Transports;

public static class TransportsExtensions
{
    /// <summary>Adds the HTTP wire forms of MCP and their entry, <see cref="McpEndpoint"/>.</summary>
    public static IServiceCollection AddTransports(this IServiceCollection services) => services
        .AddSingleton<ClientLimits>()
        .AddSingleton<RateLimits>()
        .AddSingleton<RequestBody>()
        .AddSingleton<CallerValues>()
        .AddSingleton<PlainHttpHandler>()
        .AddSingleton<SseHandler>()
        .AddSingleton<MessageHandler>()
        .AddSingleton<PostHandler>()
        .AddSingleton<StreamableHttpHandler>()
        .AddSingleton(provider => new McpEndpoint(
            provider.GetRequiredService<Servers.ServerRegistry>(),
            provider.GetRequiredService<StreamableHttpHandler>(),
            provider.GetRequiredService<SseHandler>(),
            provider.GetRequiredService<MessageHandler>()))
        .AddRemote();

    private static IServiceCollection AddRemote(this IServiceCollection services) => services
        .AddSingleton<SessionSeal>()
        .AddSingleton<RemoteCatalogues>()
        .AddSingleton<UpstreamReports>()
        .AddSingleton<RemoteDrain>()
        .AddHostedService(provider => provider.GetRequiredService<RemoteDrain>())
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
