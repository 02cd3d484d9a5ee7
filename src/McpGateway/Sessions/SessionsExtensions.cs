using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Replicas;
using McpGateway.Servers.Launching;
using McpGateway.Servers;
using McpGateway.Sessions.Children;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

public static class SessionsExtensions
{
    // The host's patience counts from the same moment as the drain. What it is for comes after: requests that have nothing to
    // do with sessions, and children that cannot be stopped.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    /// <summary>Adds the sessions and all that they stand on: the servers, their children, the queues' budget.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
        .AddSingleton<ServerRegistry>()
        .AddSingleton<IChildLauncher, CliWrapLauncher>()
        .AddSingleton(provider => new QueueBudget(Limits(provider).QueuedBytes ?? QueueBudget.DefaultLimit))
        .AddSingleton(provider => new ChildContext(
            provider.GetRequiredService<IChildLauncher>(),
            provider.GetRequiredService<QueueBudget>(),
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            Limits(provider).MessageBytes))
        .AddSingleton<ChildStarter>()
        .AddSingleton(provider => new StartGate(Limits(provider).Starts, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<WarmChildren>()
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<RelayContext>(provider) with
        {
            Replica = provider.GetRequiredService<ReplicaTable>() is { IsConfigured: true } replicas ? replicas.Self : null,
        })
        .AddSingleton<ChildPool>()
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
