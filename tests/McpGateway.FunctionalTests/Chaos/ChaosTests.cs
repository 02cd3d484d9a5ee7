using System.Globalization;
using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>
/// Many clients of several users on servers of every isolation, whose children die, hang, flood and fork all the while: nothing
/// is lost, doubled or shown to another, and nothing is left. CHAOS_MINUTES is how long, CHAOS_SEED repeats the choices (not what
/// the scheduler makes of them), CHAOS_REPORT names a file for the counts.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private const int Clients = 20;
    private const int MegaByte = 1024 * 1024;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Time =
        TimeSpan.FromMinutes(double.Parse(Setting("CHAOS_MINUTES") ?? "0.15", CultureInfo.InvariantCulture));

    private static readonly string[] Evil =
    [
        "--ignore-eof", "--ignore-term", "--noise", "5",
        "--stubborn-grandchild", "--setsid-grandchild", "--daemon", "--bare-daemon",
    ];

    private readonly ChaosServer[] _servers =
    [
        new("own", "session", maxProcesses: 8),
        new("evil", "session", maxProcesses: 5, Evil),
        new("mine", "user", maxProcesses: 8),
        new("all", "shared", maxProcesses: 2),
    ];

    private int _conversations;

    public void Dispose() => Array.ForEach(_servers, server => server.Dispose());

    [Fact]
    public async Task Clients_AndChildrenThatMisbehave_EachCallEndsOnceAndNothingIsLeft()
    {
        Skip.Unless(
            OperatingSystem.IsLinux(),
            "Only on Linux is it promised that nothing is left: docs/processes.md.");
        var seed = int.Parse(Setting("CHAOS_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        await using var gateway = await StartAsync();

        var (warmUp, before) = await RoundAsync(gateway, WarmUp, seed);
        var (tally, after) = await RoundAsync(gateway, Time, seed + 1);

        Report($"""
            seed {seed}, {Time.TotalSeconds} s with {Clients} clients
            {tally}
            {string.Join('\n', warmUp.Findings.Concat(tally.Findings).Concat(after.State.Errors).Take(50))}
            memory before: {before}
            memory after:  {after}
            """);
        Assert.Empty(warmUp.Findings.Concat(tally.Findings).Take(10));
        Assert.Equal(
            tally["calls"],
            tally["answers"] + tally["answers to calls given up"] + tally["calls given up without an answer"]);
        Assert.Empty(after.State.Errors.Take(10));
        Assert.Equal((0, 0L), (after.State.Sessions, after.State.Queued));
        await Eventually.TrueAsync(() => gateway.OpenPipes() == before.Pipes, "all pipes are closed");
        Assert.All(_servers, server => Assert.True(tally[$"results from {server.Name}"] > 0, server.Name));
        // A round leaves something in pools and caches, another one of the same kind little more.
        Assert.InRange(after.State.Managed, 0, 2 * before.State.Managed + 8 * MegaByte);
        Assert.InRange(after.Resident, 0, 2 * before.Resident + 32 * MegaByte);
    }

    private async Task<(Tally Tally, Remains After)> RoundAsync(GatewayProgram gateway, TimeSpan time, int seed)
    {
        var tally = new Tally();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestHttp.Token);
        over.CancelAfter(time);
        var mischief = new Mischief(_servers, gateway, seed, tally).RunAsync(over.Token);
        var last = await Task.WhenAll(Enumerable.Range(1, Clients).Select(number =>
        {
            var client = new ChaosClient(_servers, gateway.BaseAddress, new Random(seed + number), NextNumber, tally);
            return Task.Run(() => client.RunAsync(over.Token));
        }));
        await mischief;
        // Had anybody been answered twice, the second one would come while nothing else is going on.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestHttp.Token);
        await Task.WhenAll(last.OfType<Conversation>().Select(conversation => conversation.EndAsync()));

        foreach (var server in _servers)
        {
            server.Deeds.Clear();
            await server.Children.GoneAsync();
        }

        await Eventually.TrueAsync(() => gateway.ChildCount() == 0, "all have been reaped");

        tally.Count("calls", tally.Calls.Count);
        tally.Count(
            "calls given up without an answer", tally.Calls.Count(call => call is { IsExcused: true, IsAnswered: false }));
        tally.Count("misrouted", 0);
        tally.Count("processes left", _servers.Sum(server => server.Children.Living.Length));
        return (tally, await Remains.OfAsync(gateway));
    }

    private int NextNumber() => Interlocked.Increment(ref _conversations);

    private Task<GatewayProgram> StartAsync()
    {
        var servers = new JsonObject(_servers.Select(server => KeyValuePair.Create(server.Name, (JsonNode?)server.Json)));
        return GatewayProgram.StartAsync(new JsonObject { ["mcpServers"] = servers }, new(GatewayProbe.Environment)
        {
            ["Limits__SessionsPerUser"] = "1000",
            ["Logging__LogLevel__Default"] = "Error",
        });
    }

    private void Report(string text)
    {
        output.WriteLine(text);
        if (Setting("CHAOS_REPORT") is { } file)
            File.AppendAllText(file, text + "\n\n");
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name);
}
