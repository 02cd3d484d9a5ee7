using System.Text.Json.Nodes;
using McpGateway.Cli;
using McpGateway.Configuration;
using McpGateway.Configuration.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>
/// The whole gateway on a real Kestrel and a free port, with a gateway.json of the test's own in a folder of its own.
/// </summary>
public sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestGateway(WebApplication app, string folder)
    {
        _app = app;
        Folder = folder;
        BaseAddress = new Uri(app.Urls.Single() + "/");
    }

    /// <summary>With a trailing slash.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Holds gateway.json; removed at the end.</summary>
    public string Folder { get; }

    public string ConfigFile => Path.Combine(Folder, "gateway.json");

    public IServiceProvider Services => _app.Services;

    /// <summary>The path of the TestServer program.</summary>
    public static string TestServer { get; } =
        Path.Combine(AppContext.BaseDirectory,
            OperatingSystem.IsWindows() ? "McpGateway.TestServer.exe" : "McpGateway.TestServer");

    /// <summary>Starts a gateway with this gateway.json.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="settings">What appsettings.json would hold, as <c>Section:Key</c>.</param>
    /// <param name="adjust">Replaces parts before they are put together.</param>
    /// <param name="urls">Where to listen; blank: where the settings say.</param>
    public static async Task<TestGateway> StartAsync(
        string json, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? adjust = null,
        string urls = "http://127.0.0.1:0")
    {
        var folder = Directory.CreateTempSubdirectory("mcpgateway-").FullName;
        var file = Path.Combine(folder, "gateway.json");
        await File.WriteAllTextAsync(file, json);
        var loader = new GatewayConfigLoader(file, HostEnvironmentVariables.Get);
        var initial = loader.Load();
        Assert.True(initial.IsValid, string.Join('\n', initial.Errors));
        var app = Gateway.Compose(new RunSettings(loader, initial, urls), builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning")]);
            builder.Configuration.AddInMemoryCollection(settings ?? []);
            adjust?.Invoke(builder);
        });
        await app.StartAsync();
        return new TestGateway(app, folder);
    }

    /// <summary>Starts a gateway whose one server <c>test</c>, also the default, is the TestServer program.</summary>
    /// <param name="arguments">The program's flags.</param>
    /// <param name="keys">More keys of the server in gateway.json.</param>
    /// <param name="settings">See <see cref="StartAsync"/>.</param>
    /// <param name="adjust">See <see cref="StartAsync"/>.</param>
    /// <param name="urls">See <see cref="StartAsync"/>.</param>
    public static Task<TestGateway> StartWithTestServerAsync(
        string[]? arguments = null, JsonObject? keys = null, Dictionary<string, string?>? settings = null,
        Action<WebApplicationBuilder>? adjust = null, string urls = "http://127.0.0.1:0") =>
        StartAsync(TestServerJson(arguments, keys).ToJsonString(), settings, adjust, urls);

    /// <summary>The gateway.json of <see cref="StartWithTestServerAsync"/>.</summary>
    public static JsonObject TestServerJson(string[]? arguments = null, JsonObject? keys = null)
    {
        var server = new JsonObject
        {
            ["command"] = TestServer,
            ["args"] = new JsonArray([.. (arguments ?? []).Select(argument => (JsonNode?)argument)]),
        };
        foreach (var (key, value) in keys ?? [])
            server[key] = value?.DeepClone();
        return new JsonObject { ["default"] = "test", ["mcpServers"] = new JsonObject { ["test"] = server } };
    }

    /// <summary>Rewrites gateway.json and has it read at once.</summary>
    public async Task RewriteAsync(string json)
    {
        await File.WriteAllTextAsync(ConfigFile, json);
        Services.GetRequiredService<GatewayConfigMonitor>().Check();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
