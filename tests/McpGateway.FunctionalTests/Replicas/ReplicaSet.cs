using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions;
using McpGateway.Tests.Shared;
using Microsoft.AspNetCore.Builder;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>Gateways in this process that know each other as gw-0, gw-1, …, with the TestServer as <c>test</c>.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    public static readonly string Key = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    private readonly List<TestGateway> _gateways = [];
    private Func<int, Task<TestGateway>> _start = null!;

    private ReplicaSet(int[] ports) => Ports = ports;

    /// <summary>Of the replicas, in their order.</summary>
    public int[] Ports { get; }

    public TestGateway this[int index] => _gateways[index];

    /// <param name="count">How many of those that they know are started.</param>
    /// <param name="keys">More keys of the server in gateway.json.</param>
    /// <param name="settings">What appsettings.json would hold beside the replicas, by index.</param>
    /// <param name="adjust">See <see cref="TestGateway.StartAsync"/>.</param>
    /// <param name="known">How many replicas they know.</param>
    /// <param name="arguments">The TestServer's flags.</param>
    /// <param name="knownPorts">Is told the ports before the settings are read.</param>
    public static async Task<ReplicaSet> StartAsync(
        int count = 2, JsonObject? keys = null, Func<int, Dictionary<string, string?>>? settings = null,
        Action<WebApplicationBuilder>? adjust = null, int? known = null,
            string[]? arguments = null, Action<int[]>? knownPorts = null)
    {
        var set = new ReplicaSet(FreePort.Find(known ?? count));
        knownPorts?.Invoke(set.Ports);
        set._start = i =>
        {
            var all = new Dictionary<string, string?>
            {
                ["Replicas:Self"] = $"gw-{i}", ["Replicas:Keys:0"] = Key,
                ["Drain:Delay"] = "00:00:00", ["Drain:Timeout"] = "00:00:05",
            };
            for (var peer = 0; peer < set.Ports.Length; peer++)
                all[$"Replicas:Peers:gw-{peer}"] = $"http://127.0.0.1:{set.Ports[peer]}";
            foreach (var (key, value) in settings?.Invoke(i) ?? [])
                all[key] = value;
            return TestGateway.StartWithTestServerAsync(
                arguments, keys, all.Where(setting => setting.Value is not null).ToDictionary(), adjust ?? TestUsers.Add,
                $"http://127.0.0.1:{set.Ports[i]}");
        };
        for (var i = 0; i < count; i++)
            await set.StartNextAsync();
        return set;
    }

    /// <summary>Starts the next of those that are known.</summary>
    public async Task StartNextAsync() => _gateways.Add(await _start(_gateways.Count));

    /// <summary>The same session, for requests that come to another replica.</summary>
    public StreamableClient Through(int index, StreamableClient client, string? user = null) =>
        new(new Uri(this[index].BaseAddress, "test/mcp")) { SessionId = client.SessionId, Version = client.Version, User = user };

    /// <summary>Stops one, and returns when its drain has begun; the task ends with the stop.</summary>
    public async Task<Task> BeginStopAsync(int index)
    {
        var stopping = this[index].DisposeAsync().AsTask();
        var gateway = _gateways[index];
        _gateways.RemoveAt(index);
        await Eventually.TrueAsync(async () => await HealthAsync(gateway) == 503, "it drains", TestHttp.Timeout);
        return stopping;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
    }

    private static async Task<int> HealthAsync(TestGateway gateway)
    {
        using var answer = await TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, "health"));
        return answer.Status;
    }
}
