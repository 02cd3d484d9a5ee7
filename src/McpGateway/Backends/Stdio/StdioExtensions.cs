using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Drain;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Stdio;

internal static class StdioExtensions
{
    /// <summary>Adds the servers that run as child processes.</summary>
    public static IServiceCollection AddStdioServers(this IServiceCollection services) => services
        .AddSingleton(provider => new ServerRegistry(
            provider.GetRequiredService<GatewayConfigProvider>(),
            server => new StdioServerState(server, provider.GetRequiredService<TimeProvider>())))
        .AddSingleton<IChildLauncher, CliWrapLauncher>()
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
        .AddSingleton<ProcessSlots>()
        .AddSingleton<SupervisionContext>()
        .AddSingleton<ChildManager>()
        .AddSingleton<IBackendSessions, StdioSessions>()
        .AddSingleton<IDrainParticipant, ChildDrain>()
        .AddSingleton<StdioParts>();

    private static LimitsOptions Limits(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<LimitsOptions>>().Value;
}
