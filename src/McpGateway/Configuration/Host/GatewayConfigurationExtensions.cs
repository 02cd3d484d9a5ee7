using McpGateway.Configuration.Reading;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration.Host;

/// <summary>Registers the provider of snapshots, the monitor that reloads them, and the host's options.</summary>
internal static class GatewayConfigurationExtensions
{
    /// <param name="services">The service collection.</param>
    /// <param name="configuration">The host's settings: appsettings.json and what overrides it.</param>
    /// <param name="loader">Reloads gateway.json when it changes.</param>
    /// <param name="initial">What the loader returned at start-up; it must be valid.</param>
    /// <exception cref="ArgumentException"><paramref name="initial"/> has errors.</exception>
    public static IServiceCollection AddGatewayConfiguration(
        this IServiceCollection services, IConfiguration configuration, GatewayConfigLoader loader, GatewayConfigResult initial)
    {
        if (!initial.IsValid)
            throw new ArgumentException("The initial configuration must be valid.", nameof(initial));

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new GatewayConfigProvider(initial.Config));
        // Registered as itself too, so that a check can be triggered without waiting for the timer.
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
        // Uri.Host keeps the brackets of an IPv6 address, and so does the Host header that it is compared with.
        if (Uri.TryCreate(access.PublicUrl, UriKind.Absolute, out var url) && !access.AllowedHosts.Contains(url.Host))
            access.AllowedHosts = [.. access.AllowedHosts, url.Host];
    }
}
