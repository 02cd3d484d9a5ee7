using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Replicas;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

internal static class SessionsExtensions
{
    // The host's time-out starts together with the drain. It must leave time for what comes after the drain: requests that
    // have nothing to do with sessions, and children that cannot be stopped.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    /// <summary>Adds the sessions, the servers' state and the queues' budget. What serves them is a backend's to add.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
        .AddSingleton<ServerRegistry>()
        .AddSingleton(provider => new QueueBudget(Limits(provider).QueuedBytes ?? QueueBudget.DefaultLimit))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionContext>(provider) with
        {
            Replica = provider.GetRequiredService<IOptions<ReplicasOptions>>().Value is { IsConfigured: true } replicas ? replicas.Self : null,
        })
        .AddSingleton<SessionManager>()
        .AddSingleton<SessionlessCalls>()
        .AddSingleton<SessionMonitor>()
        .AddHostedService(provider => provider.GetRequiredService<SessionMonitor>())
        .AddHostedService<SessionShutdown>()
        .AddSingleton<IConfigureOptions<HostOptions>>(provider => new ConfigureOptions<HostOptions>(
            host => host.ShutdownTimeout = provider.GetRequiredService<DrainState>().Delay
                + provider.GetRequiredService<IOptions<DrainOptions>>().Value.Timeout + AfterDrain));

    private static LimitsOptions Limits(IServiceProvider provider) => provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
}
