using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Replicas;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

internal static class SessionsExtensions
{
    // The host's patience counts from the same moment as the drain. What it is for comes after: requests that have nothing to
    // do with sessions, and children that cannot be stopped.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    /// <summary>Adds the sessions and the queues' budget. A backend adds what serves them, and the servers' state.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
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
