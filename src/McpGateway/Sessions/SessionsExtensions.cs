using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Drain;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

internal static class SessionsExtensions
{
    /// <summary>Adds the sessions and all that they stand on: the servers, their children, the queues' budget.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
        .AddSingleton<ServerRegistry>()
        .AddSingleton(provider => PlatformLauncher.Create(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()))
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
            Replica = provider.GetRequiredService<IOptions<ReplicasOptions>>().Value is { IsConfigured: true } replicas ? replicas.Self : null,
        })
        .AddSingleton<ChildManager>()
        .AddSingleton<SessionManager>()
        .AddSingleton<SessionlessCalls>()
        .AddSingleton<SessionMonitor>()
        .AddHostedService(provider => provider.GetRequiredService<SessionMonitor>())
        .AddSingleton<IDrainParticipant, SessionDrain>()
        .AddSingleton<IDrainParticipant, ChildDrain>();

    private static LimitsOptions Limits(IServiceProvider provider) => provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
}
