using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace McpGateway.Benchmarks.Relay;

/// <summary>The endpoints that are compared; the bare one and the gateway are processes of their own.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mcpgateway-benchmark-");
    private readonly List<ServerProcess> _processes = [];

    private BenchmarkServers(Uri bare, Uri gateway) => (Bare, Gateway) = (bare, gateway);

    public Uri Bare { get; }

    /// <summary>A server whose sessions have a child each.</summary>
    public Uri Gateway { get; }

    /// <summary>The same server with one child for all sessions.</summary>
    public Uri Shared => new(Gateway, "/shared/mcp");

    /// <param name="runningGateway">Null: one is started.</param>
    /// <param name="stop">Ends the wait for them.</param>
    public static async Task<BenchmarkServers> StartAsync(Uri? runningGateway, CancellationToken stop)
    {
        var (bare, gateway) = (FreeUrl(), FreeUrl());
        BenchmarkServers servers = new(bare, runningGateway ?? new Uri(gateway, "/fast/mcp"));
        try
        {
            await servers.StartAsync("McpGateway.Benchmarks.dll", ["bare", "--urls", bare.AbsoluteUri], bare, stop);
            if (runningGateway is null)
            {
                var config = await servers.WriteConfigAsync(stop);
                await servers.StartAsync("McpGateway.dll", ["--config", config, "--urls", gateway.AbsoluteUri], gateway, stop);
            }

            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartAsync(string program, string[] arguments, Uri url, CancellationToken stop)
    {
        var process = ServerProcess.Start(Path.Combine(AppContext.BaseDirectory, program), arguments);
        _processes.Add(process);
        await process.WaitUntilItAnswersAsync(url, stop);
    }

    private async Task<string> WriteConfigAsync(CancellationToken stop)
    {
        var path = Path.Combine(_directory.FullName, "gateway.json");
        var child = Path.Combine(AppContext.BaseDirectory, "McpGateway.TestServer");
        string[] args = ["--fast"];
        var config = new
        {
            mcpServers = new
            {
                fast = new { command = child, args, isolation = "session" },
                shared = new { command = child, args, isolation = "shared" },
            },
        };
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(config), stop);
        return path;
    }

    private static Uri FreeUrl()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port).Uri;
    }
}
