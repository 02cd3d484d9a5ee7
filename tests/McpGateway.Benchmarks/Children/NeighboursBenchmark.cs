using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Children;

/// <summary>
/// A good server, alone and beside bad ones whose clients come back again and again: one whose command does not exist, one
/// that ends at once, one that never answers initialize.
/// </summary>
internal sealed class NeighboursBenchmark(NeighboursOptions options, TextWriter output)
{
    private const int Connections = 16;
    private const int ClientsOfEach = 4;
    private const int ConnectsPerRound = 5;
    private const string Good = "good";

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PatienceOfClients = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, object> Servers = new()
    {
        [Good] = new { command = BenchmarkServers.TestServer, args = new[] { "--fast" } },
        ["missing"] = new { command = "no-such-program" },
        ["looping"] = new { command = BenchmarkServers.TestServer, args = new[] { "--exit-at-start", "3" } },
        ["hanging"] = new { command = BenchmarkServers.TestServer, args = new[] { "--hang-at-initialize" }, startTimeout = "00:00:05" },
    };

    private long _tries;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (!Wrk.IsInstalled)
        {
            await output.WriteLineAsync("wrk is missing. On Debian or Ubuntu: apt-get install wrk");
            return 1;
        }

        await using var servers = await BenchmarkServers.StartAsync(Servers, stop);
        var good = servers.Endpoint(Good);
        using var session = await McpSession.OpenAsync(good, stop);
        Wrk wrk = new([session.Id], session.ProtocolVersion);
        await wrk.RunAsync(good, Connections, options.Seconds, stop);

        List<WrkResult> alone = [], beside = [];
        List<double> connectsAlone = [], connectsBeside = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            alone.Add(await wrk.RunAsync(good, Connections, options.Seconds, stop));
            await ConnectAsync(good, connectsAlone, stop);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var clients = Servers.Keys.Where(name => name != Good).SelectMany(name => Enumerable.Range(0, ClientsOfEach)
                .Select(_ => TryAgainAndAgainAsync(servers.Endpoint(name), over.Token))).ToArray();
            beside.Add(await wrk.RunAsync(good, Connections, options.Seconds, stop));
            await ConnectAsync(good, connectsBeside, stop);
            await over.CancelAsync();
            await Task.WhenAll(clients);
        }

        await output.WriteLineAsync(Report.Heading("alone", "beside bad"));
        await output.WriteLineAsync(Report.Line(Connections, alone, beside));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"connect, medians of {connectsAlone.Count}: alone {Report.Median(connectsAlone, it => it):F1} ms, beside bad {Report.Median(connectsBeside, it => it):F1} ms. "
            + $"Medians of {options.Rounds} rounds of {options.Seconds} s, {_tries} tries of the bad servers' clients; {Environment.ProcessorCount} processors."));
        return 0;
    }

    private static async Task ConnectAsync(Uri endpoint, List<double> times, CancellationToken stop)
    {
        for (var i = 0; i < ConnectsPerRound; i++)
        {
            using var session = await McpSession.ConnectAsync(endpoint, stop);
            times.Add(session.ConnectTime.TotalMilliseconds);
            await session.EndAsync(stop);
        }
    }

    // As clients do that start anew whenever they have failed.
    private async Task TryAgainAndAgainAsync(Uri endpoint, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(over);
            patience.CancelAfter(PatienceOfClients);
            Interlocked.Increment(ref _tries);
            try
            {
                using var session = await McpSession.ConnectAsync(endpoint, patience.Token);
                throw new InvalidDataException($"{endpoint} was to be bad, and answered.");
            }
            catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or OperationCanceledException)
            {
                await Task.WhenAny(Task.Delay(BetweenTries, TimeProvider.System, over));
            }
        }
    }
}

/// <param name="Seconds">How long one measurement takes.</param>
/// <param name="Rounds">Measurements of each kind.</param>
internal sealed record NeighboursOptions(int Seconds, int Rounds);
