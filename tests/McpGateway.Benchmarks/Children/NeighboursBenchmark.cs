using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Children;

/// <summary>
/// Measures a good server, alone and beside bad ones whose clients retry all the time: one whose command does not exist, one that
/// exits at once, and one that never responds to initialize.
/// </summary>
internal sealed class NeighboursBenchmark(NeighboursOptions options, TextWriter output)
{
    private const int Connections = 16;
    private const int ClientsOfEach = 4;
    private const int ConnectsPerRound = 5;
    private const string Good = "good";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, object> Servers = new()
    {
        [Good] = new { command = BenchmarkServers.TestServer, args = new[] { "--fast" } },
        ["missing"] = new { command = "no-such-program" },
        ["looping"] = new { command = BenchmarkServers.TestServer, args = new[] { "--exit-at-start", "3" } },
        ["hanging"] = new
        {
            command = BenchmarkServers.TestServer, args = new[] { "--hang-at-initialize" }, startTimeout = "00:00:05",
        },
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
                .Select(_ => RetryAsync(servers.Endpoint(name), over.Token))).ToArray();
            beside.Add(await wrk.RunAsync(good, Connections, options.Seconds, stop));
            await ConnectAsync(good, connectsBeside, stop);
            await over.CancelAsync();
            await Task.WhenAll(clients);
        }

        await output.WriteLineAsync(Report.Heading("alone", "beside bad"));
        await output.WriteLineAsync(Report.Line(Connections, alone, beside));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"connect, medians of {connectsAlone.Count}: alone {Report.Median(connectsAlone, it => it):F1} ms, "
            + $"beside bad {Report.Median(connectsBeside, it => it):F1} ms. "
            + $"Medians of {options.Rounds} rounds of {options.Seconds} s, {_tries} attempts by clients of bad servers; "
            + $"{Environment.ProcessorCount} processors."));
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

    // Behaves like a client that reconnects after every failure.
    private async Task RetryAsync(Uri endpoint, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(over);
            timeout.CancelAfter(ClientTimeout);
            Interlocked.Increment(ref _tries);
            try
            {
                using var session = await McpSession.ConnectAsync(endpoint, timeout.Token);
                throw new InvalidDataException($"{endpoint} responded, but it must not.");
            }
            catch (Exception exception)
                when (exception is InvalidOperationException or HttpRequestException or OperationCanceledException)
            {
                await Task.WhenAny(Task.Delay(RetryInterval, TimeProvider.System, over));
            }
        }
    }
}
