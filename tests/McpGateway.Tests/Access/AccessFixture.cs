using McpGateway.Access;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using McpGateway.Configuration.Host;
using McpGateway.Tests.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.Tests.Access;

/// <summary>The parts of Access as the gateway puts them together, with settings of the test's own.</summary>
internal sealed class AccessFixture : IAsyncDisposable
{
    private readonly ConfigFixture _file = new();
    private readonly Settings _values = new();
    private readonly Lazy<ServiceProvider> _services;

    public AccessFixture(string gatewayJson = """{ "mcpServers": {} }""") => _services = new(() =>
    {
        var settings = new ConfigurationBuilder().Add(_values).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(settings)
            .AddSingleton<TimeProvider>(Time)
            .AddGatewayConfiguration(settings, _file.Loader, _file.Load(gatewayJson))
            .AddGatewayAccess()
            .BuildServiceProvider();
    });

    public ManualTimeProvider Time { get; } = new();

    public AccessMonitor State => Get<AccessMonitor>();

    public T Get<T>()
        where T : notnull => _services.Value.GetRequiredService<T>();

    /// <summary>Changes settings, and has them read again if they have been read.</summary>
    /// <param name="settings">Null takes one out.</param>
    public void Configure(params (string Key, string? Value)[] settings) => _values.Change(settings);

    public async ValueTask DisposeAsync()
    {
        if (_services.IsValueCreated)
            await _services.Value.DisposeAsync();
        _file.Dispose();
    }

    private sealed class Settings : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Change((string Key, string? Value)[] settings)
        {
            foreach (var (key, value) in settings)
            {
                if (value is null)
                    Data.Remove(key);
                else
                    Data[key] = value;
            }

            OnReload();
        }
    }
}
