using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace McpGateway.Benchmarks.Running;

/// <summary>The endpoints that are compared; the bare one and the gateway are processes of their own.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mcpgateway-benchmark-");
    private readonly List<ServerProcess> _processes = [];

    private readonly Uri _gateway = FreeUrl();

    private BenchmarkServers()
    {
    }

    /// <summary>A program that answers each request at once, so that the gateway is measured and not the server behind it.</summary>
    public static string TestServer => Path.Combine(AppContext.BaseDirectory, "McpGateway.TestServer");

    public Uri Bare { get; } = FreeUrl();

    /// <summary>The Streamable HTTP endpoint of one of the gateway's servers.</summary>
    public Uri Endpoint(string server) => new(_gateway, $"/{server}/mcp");

    /// <param name="mcpServers">The servers of gateway.json, by name; null: no gateway is started.</param>
    /// <param name="stop">Ends the wait for them.</param>
    public static async Task<BenchmarkServers> StartAsync(IReadOnlyDictionary<string, object>? mcpServers, CancellationToken stop)
    {
        BenchmarkServers servers = new();
        try
        {
            await servers.StartAsync("McpGateway.Benchmarks.dll", ["bare", "--urls", servers.Bare.AbsoluteUri], servers.Bare, stop);
            if (mcpServers is not null)
            {
                var config = Path.Combine(servers._directory.FullName, "gateway.json");
                await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { mcpServers }), stop);
                await servers.StartAsync("McpGateway.dll", ["--config", config, "--urls", servers._gateway.AbsoluteUri], servers._gateway, stop);
            }

            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more gateway, with the same servers.</summary>
    /// <param name="url">Where it listens.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="mcpServers">The servers of its gateway.json, by name.</param>
    /// <param name="stop">Ends the wait for it.</param>
    public async Task StartGatewayAsync(
        Uri url, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, object> mcpServers, CancellationToken stop)
    {
        var config = Path.Combine(_directory.FullName, $"gateway-{url.Port}.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { mcpServers }), stop);
        await StartAsync("McpGateway.dll", ["--config", config, "--urls", url.AbsoluteUri], url, stop, environment);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartAsync(
        string program, string[] arguments, Uri url, CancellationToken stop, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = ServerProcess.Start(Path.Combine(AppContext.BaseDirectory, program), arguments, environment);
        _processes.Add(process);
        await process.WaitUntilItAnswersAsync(url, stop);
    }

    public static Uri FreeUrl()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port).Uri;
    }
}
