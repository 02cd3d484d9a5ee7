using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Deployment;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>
/// Three replicas, each the real program, behind a real nginx with its shipped configuration. Their clients are ten users, each
/// with an API key.
/// </summary>
public sealed class ReplicatedGateway : IAsyncDisposable
{
    public const int Count = 3;

    private const int Users = 10;

    private readonly int[] _ports = FreePort.Find(Count);
    private readonly GatewayProgram?[] _programs = new GatewayProgram?[Count];
    private FrontProxy _nginx = null!;

    /// <summary>nginx's.</summary>
    public Uri BaseAddress => _nginx.BaseAddress;

    public static async Task<ReplicatedGateway> StartAsync()
    {
        FrontProxy.RequireNginx();
        var gateway = new ReplicatedGateway();
        for (var i = 0; i < Count; i++)
            await gateway.StartAsync(i);
        gateway._nginx = await FrontProxy.StartNginxAsync(
            [.. gateway._ports.Select(port => new Uri($"http://127.0.0.1:{port}/"))]);
        return gateway;
    }

    /// <summary>The key of the user with this number, or of the one that it stands for.</summary>
    public static string KeyOf(int user) => $"mgw_user{user % Users}_0123456789abcdef0123456789abcdef";

    public async Task StartAsync(int replica) => _programs[replica] = await GatewayProgram.StartAsync(
        Json(), Environment(replica), $"http://127.0.0.1:{_ports[replica]}");

    /// <summary>Tells one to stop, and waits until it has.</summary>
    public async Task DrainAsync(int replica)
    {
        await _programs[replica]!.SignalAsync("TERM");
        Assert.Equal(0, await _programs[replica]!.ExitAsync());
    }

    /// <summary>Kills one, as the kernel or a failing machine does.</summary>
    public async Task KillAsync(int replica)
    {
        await _programs[replica]!.SignalAsync("KILL", _programs[replica]!.GatewayId);
        await _programs[replica]!.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        foreach (var program in _programs.OfType<GatewayProgram>())
            await program.DisposeAsync();
    }

    private static JsonObject Json()
    {
        var servers = new JsonObject();
        foreach (var isolation in new[] { "session", "user", "shared" })
            servers[isolation] =
                new JsonObject { ["command"] = TestGateway.TestServer, ["isolation"] = isolation, ["maxProcesses"] = 500 };
        return new JsonObject { ["mcpServers"] = servers };
    }

    private Dictionary<string, string> Environment(int replica)
    {
        var settings = new Dictionary<string, string>
        {
            ["Replicas__Self"] = $"gw-{replica}", ["Replicas__Keys__0"] = ReplicaSet.Key,
            ["Drain__Delay"] = "00:00:02", ["Drain__Timeout"] = "00:00:20",
            ["Limits__SessionsPerUser"] = "5000", ["Access__ForwardedHeaders__KnownNetworks__0"] = "127.0.0.0/8",
        };
        for (var peer = 0; peer < Count; peer++)
            settings[$"Replicas__Peers__gw-{peer}"] = $"http://127.0.0.1:{_ports[peer]}";
        for (var user = 0; user < Users; user++)
        {
            settings[$"Access__ApiKeys__{user}__Name"] = $"user{user}";
            settings[$"Access__ApiKeys__{user}__Sha256"] = Convert.ToHexString(
                SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(user))));
        }

        return settings;
    }
}
