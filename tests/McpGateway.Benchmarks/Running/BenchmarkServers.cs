using System.Text.Json;
using McpGateway.Tests.Shared;

namespace McpGateway.Benchmarks.Running;

/// <summary>The endpoints to compare. The bare endpoint and the gateways run in processes of their own.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Defaults = [];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mcpgateway-benchmark-");
    private readonly List<ServerProcess> _processes = [];

    private BenchmarkServers()
    {
    }

    /// <summary>A program that responds at once, so that the gateway is measured and not the server behind it.</summary>
    public static string TestServer => Path.Combine(AppContext.BaseDirectory, "McpGateway.TestServer");

    public Uri Bare { get; } = FreeUrl();

    /// <summary>The gateway that was started first.</summary>
    public Uri Gateway { get; private set; } = null!;

    /// <summary>The Streamable HTTP endpoint of one of the first gateway's servers.</summary>
    public Uri Endpoint(string server) => new(Gateway, $"/{server}/mcp");

    /// <param name="mcpServers">The servers of gateway.json by name; null: no gateway is started.</param>
    /// <param name="stop">Cancels the start.</param>
    public static async Task<BenchmarkServers> StartAsync(IReadOnlyDictionary<string, object>? mcpServers, CancellationToken stop)
    {
        BenchmarkServers servers = new();
        try
        {
            await servers.StartAsync(
                "McpGateway.Benchmarks.dll", ["bare", "--urls", servers.Bare.AbsoluteUri], Defaults, servers.Bare, stop);
            if (mcpServers is not null)
                servers.Gateway = await servers.AddGatewayAsync(mcpServers, Defaults, stop);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>The threads of the gateway that was started last, without those of its guard. Linux only.</summary>
    public int GatewayThreads() => _processes[^1].ThreadsOfItsChild();

    /// <summary>Starts another gateway.</summary>
    /// <param name="mcpServers">Its servers by name.</param>
    /// <param name="settings">Further environment variables.</param>
    /// <param name="stop">Cancels the start.</param>
    /// <returns>The URL that it listens on.</returns>
    public async Task<Uri> AddGatewayAsync(
        IReadOnlyDictionary<string, object> mcpServers, IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        var url = FreeUrl();
        await StartGatewayAsync(url, settings, mcpServers, stop);
        return url;
    }

    /// <inheritdoc cref="AddGatewayAsync"/>
    /// <param name="url">The URL to listen on.</param>
    /// <param name="settings">Further environment variables.</param>
    /// <param name="mcpServers">Its servers by name.</param>
    /// <param name="stop">Cancels the start.</param>
    public async Task StartGatewayAsync(
        Uri url, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, object> mcpServers,
        CancellationToken stop)
    {
        var config = Path.Combine(_directory.FullName, $"gateway-{url.Port}.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { mcpServers }), stop);
        await StartAsync("McpGateway.dll", ["--config", config, "--urls", url.AbsoluteUri], settings, url, stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string> settings, Uri url, CancellationToken stop)
    {
        var process = ServerProcess.Start(Path.Combine(AppContext.BaseDirectory, program), arguments, settings);
        _processes.Add(process);
        await process.WaitUntilItAnswersAsync(url, stop);
    }

    public static Uri FreeUrl() => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", FreePort.Find()).Uri;
}
