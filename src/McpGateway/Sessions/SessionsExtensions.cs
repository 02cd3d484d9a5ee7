using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Servers;
using McpGateway.Servers.Launching;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

public static class SessionsExtensions
{
    /// <summary>Adds the sessions and all that they stand on: the servers, their children, the queues' budget.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
        .AddSingleton<ServerRegistry>()
        .AddSingleton<IChildLauncher, ProcessLauncher>()
        .AddSingleton(provider => new QueueBudget(Limits(provider).QueuedBytes ?? QueueBudget.DefaultLimit))
        .AddSingleton(provider => new ChildServices(
            provider.GetRequiredService<IChildLauncher>(),
            provider.GetRequiredService<QueueBudget>(),
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            Limits(provider).MessageBytes))
        .AddSingleton<ChildStarter>()
        .AddSingleton<RelayServices>()
        .AddSingleton<SessionManager>()
        .AddSingleton<SessionlessCalls>()
        .AddSingleton<SessionMonitor>()
        .AddHostedService(provider => provider.GetRequiredService<SessionMonitor>())
        .AddHostedService<SessionShutdown>();

    private static LimitsOptions Limits(IServiceProvider provider) => provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
}
