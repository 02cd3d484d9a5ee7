using McpGateway.Configuration.Reading;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration.Host;

/// <summary>Registers the snapshot, its reload and the host's options.</summary>
internal static class GatewayConfigurationExtensions
{
    /// <param name="services">Gets the provider of snapshots, the monitor and the options.</param>
    /// <param name="configuration">The root of appsettings.json and what overrides it.</param>
    /// <param name="loader">Reads gateway.json again when it changes.</param>
    /// <param name="initial">What the loader gave at start-up; valid.</param>
    /// <exception cref="ArgumentException">There are errors in <paramref name="initial"/>.</exception>
    public static IServiceCollection AddGatewayConfiguration(
        this IServiceCollection services, IConfiguration configuration, GatewayConfigLoader loader, GatewayConfigResult initial)
    {
        if (!initial.IsValid)
            throw new ArgumentException("The first configuration must be valid.", nameof(initial));

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new GatewayConfigProvider(initial.Config));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayConfigMonitor>(provider, loader, initial));
        services.AddHostedService(provider => provider.GetRequiredService<GatewayConfigMonitor>());

        services.AddOptions<LimitsOptions>().Bind(configuration.GetSection(LimitsOptions.Section)).ValidateOnStart();
        services.AddOptions<DrainOptions>().Bind(configuration.GetSection(DrainOptions.Section)).ValidateOnStart();
        services.AddOptions<ReplicasOptions>().Bind(configuration.GetSection(ReplicasOptions.Section)).ValidateOnStart();
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section))
            .PostConfigure(CompleteHosts).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LimitsOptions>, LimitsOptionsValidator>();
        services.AddSingleton<IValidateOptions<DrainOptions>, DrainOptionsValidator>();
        services.AddSingleton<IValidateOptions<ReplicasOptions>, ReplicasOptionsValidator>();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        return services;
    }

    private static void CompleteHosts(AccessOptions access)
    {
        if (access.AllowedHosts.Count == 0)
            access.AllowedHosts = AccessOptions.LoopbackHosts;
        // Uri gives IPv6 in brackets, as Host headers have it.
        if (Uri.TryCreate(access.PublicUrl, UriKind.Absolute, out var url) && !access.AllowedHosts.Contains(url.Host))
            access.AllowedHosts = [.. access.AllowedHosts, url.Host];
    }
}
