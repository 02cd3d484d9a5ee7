using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Drain;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Sessions;

internal static class SessionsExtensions
{
    /// <summary>Adds the sessions and the queues' budget. Backends add themselves and the state of their servers.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<GatewayMetrics>()
        .AddSingleton(provider => new QueueBudget(Limits(provider).QueuedBytes ?? QueueBudget.DefaultLimit))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionContext>(provider) with
        {
            Replica = provider.GetRequiredService<IOptions<ReplicasOptions>>().Value is { IsConfigured: true } replicas
                ? replicas.Self : null,
        })
        .AddSingleton<SessionManager>()
        .AddSingleton<SessionlessCalls>()
        .AddSingleton<SessionMonitor>()
        .AddHostedService(provider => provider.GetRequiredService<SessionMonitor>())
        .AddSingleton<IDrainParticipant, SessionDrain>();

    private static LimitsOptions Limits(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
}
