using System.Globalization;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>
/// Many clients of three replicas behind nginx: in peace, while each replica is drained and started again, and when one is
/// killed. REPLICAS_SESSIONS and REPLICAS_CALLS say how many; 200 and 100 are the full size.
/// </summary>
public sealed class RollingTests(RollingTests.Fixture fixture, ITestOutputHelper output) : IClassFixture<RollingTests.Fixture>
{
    private static readonly string[] Servers = ["session", "user", "shared"];

    private static readonly int Sessions = Setting("REPLICAS_SESSIONS", 12);
    private static readonly int Calls = Setting("REPLICAS_CALLS", 25);

    [Fact]
    public async Task Calls_OverRoundRobin_AreAllAnsweredRight()
    {
        var gateway = await fixture.StartAsync();
        var clients = await OpenAsync(gateway);
        var owners = clients.CountBy(client => client.Owner!).OrderBy(
            owner => owner.Key).Select(owner => $"{owner.Key}: {owner.Value}").ToArray();

        await Task.WhenAll(clients.Select(async client =>
        {
            for (var call = 0; call < Calls; call++)
                await client.CallAsync(takesItsTime: false);
        }));

        Report("round-robin", clients);
        output.WriteLine($"sessions by replica: {string.Join(", ", owners)}");
        Assert.Equal(ReplicatedGateway.Count, owners.Length);
        Assert.Empty(clients.SelectMany(client => client.Happenings));
        Assert.Equal(Sessions * Calls, clients.Sum(client => client.Answered));
        await CloseAsync(clients);
    }

    [Fact]
    public async Task Replicas_DrainedInTurn_LoseNothing()
    {
        var gateway = await fixture.StartAsync();
        var clients = await OpenAsync(gateway);
        using var over = new CancellationTokenSource();
        var calling = CallUntil(clients, over.Token);

        for (var replica = 0; replica < ReplicatedGateway.Count; replica++)
        {
            var its = clients.Where(client => client.Owner == $"gw-{replica}").ToArray();
            clients.ForEach(client => client.Part = replica);
            var draining = gateway.DrainAsync(replica);
            await draining;
            await gateway.StartAsync(replica);
            await AllHaveCalledAsync(clients);
            output.WriteLine($"gw-{replica} drained: {its.Length} sessions of its own,"
                + $" {Count(clients, "reopened", replica)} opened anew");
            Assert.All(its, client => Assert.Single(
                client.Happenings, happening => happening.What is "reopened" && happening.Part == replica));
            Assert.All(clients.Except(its), client => Assert.InRange(
                client.Happenings.Count(happening => happening.What is "reopened" && happening.Part == replica),
                    0, client.MayStreamElsewhere ? 1 : 0));
        }

        await over.CancelAsync();
        await calling;
        Report("drained one after the other", clients);
        Assert.DoesNotContain(clients.SelectMany(client => client.Happenings), happening => happening.What is "lost" or "wrong");
        await CloseAsync(clients);
    }

    [Fact]
    public async Task Replica_Killed_TakesOnlyItsOwnSessionsAlong()
    {
        var gateway = await fixture.StartAsync();
        var clients = await OpenAsync(gateway);
        using var over = new CancellationTokenSource();
        var calling = CallUntil(clients, over.Token);
        await AllHaveCalledAsync(clients);

        const string Killed = "gw-1";
        var its = clients.Where(client => client.Owner == Killed).ToArray();
        await gateway.KillAsync(1);
        await Task.WhenAny(calling, AllHaveCalledAsync(clients)).Unwrap();
        await over.CancelAsync();
        await calling;

        Report("one killed", clients);
        output.WriteLine($"{its.Length} sessions were its own, with {Count([.. its], "lost")} requests on their way; "
            + $"of the others {Count([.. clients.Except(its)], "lost")} had a request on its way through it");
        Assert.NotEmpty(its);
        var happenings = clients.SelectMany(client => client.Happenings).ToArray();
        Assert.DoesNotContain(happenings, happening => happening.What is "wrong");
        // A client whose session is elsewhere loses what was in flight through the killed one, and nothing else.
        Assert.All(its, client => Assert.Single(client.Happenings, happening => happening.What is "reopened"));
        Assert.All(clients.Except(its), client => Assert.InRange(
            client.Happenings.Count(happening => happening.What is "reopened"), 0, client.MayStreamElsewhere ? 1 : 0));
        // While the kernel takes the process apart, its listener may still be there for a short time. A stream that ran through
        // it takes along the call that waits on it, and one that is sent before its client has seen its end.
        Assert.All(clients, client => Assert.InRange(
            client.Happenings.Count(happening => happening.What is "lost"), 0,
                its.Contains(client) ? 3 : client.MayStreamElsewhere ? 2 : 1));
        await CloseAsync(clients);
        await gateway.StartAsync(1);
    }

    private static async Task<List<RoamingClient>> OpenAsync(ReplicatedGateway gateway)
    {
        var clients = Enumerable.Range(0, Sessions)
            .Select(number => new RoamingClient(
                gateway.BaseAddress, number, number % 2 == 0, Servers[number % Servers.Length])).ToList();
        await Parallel.ForEachAsync(
            clients, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (client, _) => await client.OpenAsync());
        return clients;
    }

    private static Task CallUntil(List<RoamingClient> clients, CancellationToken over) =>
        Task.WhenAll(clients.Select(async client =>
    {
        for (var call = 0; !over.IsCancellationRequested; call++)
            await client.CallAsync(takesItsTime: call % 2 == 0);
    }));

    // Twice: the first answer may be that of a call which was on its way before.
    private async Task AllHaveCalledAsync(List<RoamingClient> clients)
    {
        var goals = clients.Select(client => (client, Goal: client.Answered + 2)).ToArray();
        try
        {
            await Eventually.TrueAsync(() => Task.FromResult(Array.TrueForAll(goals, it => it.client.Answered >= it.Goal)),
                "all have called", 2 * TestHttp.Timeout);
        }
        catch
        {
            foreach (var (client, _) in goals.Where(it => it.client.Answered < it.Goal))
                output.WriteLine($"does not go on: {client}");
            Report("so far", clients);
            throw;
        }
    }

    private static async Task CloseAsync(List<RoamingClient> clients)
    {
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private static int Count(List<RoamingClient> clients, string what, int? part = null) =>
        clients.Sum(client => client.Happenings.Count(
            happening => happening.What == what && (part ?? happening.Part) == happening.Part));

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    private void Report(string what, List<RoamingClient> clients)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {clients.Count} sessions, {clients.Sum(client => client.Answered)} answers, "
            + $"{Count(clients, "wrong")} wrong, {Count(clients, "lost")} lost, "
            + $"{Count(clients, "reopened")} sessions opened anew, "
            + $"{Count(clients, "refused")} requests not taken and sent again"));
        foreach (var happening in clients.SelectMany(client => client.Happenings)
            .Where(happening => happening.What is "lost" or "wrong").Take(10))
            output.WriteLine(happening.ToString());
    }

    /// <summary>The replicas for all tests here; started by the first, which may be skipped instead.</summary>
    public sealed class Fixture : IAsyncDisposable
    {
        private ReplicatedGateway? _gateway;

        public async Task<ReplicatedGateway> StartAsync() => _gateway ??= await ReplicatedGateway.StartAsync();

        public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? default;
    }
}
