using McpGateway.Drain;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

internal static class RemoteExtensions
{
    /// <summary>Adds the services for remote servers. The way to them is part of Proxy.</summary>
    public static IServiceCollection AddRemoteServers(this IServiceCollection services) => services
        .AddSingleton<SessionSeal>()
        .AddSingleton<RemoteListedItems>()
        .AddSingleton<UpstreamReports>()
        .AddSingleton<RemoteDrain>()
        .AddSingleton<IDrainParticipant>(provider => provider.GetRequiredService<RemoteDrain>())
        .AddSingleton<OpenRelays>()
        .AddSingleton<IMonitored>(provider => provider.GetRequiredService<OpenRelays>())
        .AddSingleton<RemoteContext>()
        .AddSingleton<RemoteServers>();
}
