using McpGateway.Drain;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

internal static class RemoteExtensions
{
    /// <summary>Adds what remote servers are reached with; the way to them is the proxy's.</summary>
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
