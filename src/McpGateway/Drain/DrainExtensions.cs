using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Drain;

internal static class DrainExtensions
{
    // The host's own limit begins with the drain, so it must be longer. The rest is for what comes after the drain:
    // requests outside of sessions, and children that cannot be stopped.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    /// <summary>Adds the gateway's stop. Its participants are added by the parts that they belong to.</summary>
    public static IServiceCollection AddDrain(this IServiceCollection services) => services
        .AddSingleton<DrainState>()
        .AddHostedService<GatewayDrain>()
        .AddSingleton<IConfigureOptions<HostOptions>>(provider => new ConfigureOptions<HostOptions>(
            host => host.ShutdownTimeout = provider.GetRequiredService<DrainState>().Delay
                + provider.GetRequiredService<IOptions<DrainOptions>>().Value.Timeout + AfterDrain));
}
