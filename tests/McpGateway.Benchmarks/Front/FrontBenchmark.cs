using System.Globalization;
using McpGateway.Benchmarks.Running;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Benchmarks.Front;

/// <summary>
/// Measures the same calls through an anonymous gateway, and through one with all checks: a token with its signature, audience,
/// scope and claims, an Origin, and the rate limits of the server and the user. The difference is the cost of access control.
/// </summary>
internal sealed class FrontBenchmark(FrontOptions options, TextWriter output)
{
    private const string Server = "fast";
    private const string Origin = "https://app.example.com";

    private static readonly int[] ConnectionCounts = [16, 64];

    private static readonly object Open = new { command = BenchmarkServers.TestServer, args = new[] { "--fast" } };

    private static readonly object Guarded = new
    {
        command = BenchmarkServers.TestServer,
        args = new[] { "--fast" },
        auth = new { scopes = new[] { Trust.Scope }, claims = new { groups = new[] { Trust.Group } } },
        cors = new { origins = new[] { Origin } },
        // High enough that nothing is refused: the cost of the check is measured, not the limit.
        rateLimit = new { permitsPerMinute = 100_000_000, concurrency = 1_000, openingsPerMinute = 1_000 },
    };

    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (!Wrk.IsInstalled)
        {
            await output.WriteLineAsync("wrk is missing. On Debian or Ubuntu: apt-get install wrk");
            return 1;
        }

        using Trust trust = new();
        await using var servers = await BenchmarkServers.StartAsync(new Dictionary<string, object> { [Server] = Open }, stop);
        var guarded = await servers.AddGatewayAsync(
            new Dictionary<string, object> { [Server] = Guarded },
            new Dictionary<string, string>(trust.Settings) { ["Access__RateLimit__Concurrency"] = "1000" }, stop);
        Dictionary<string, string> headers = new() { ["Authorization"] = $"Bearer {trust.CreateToken()}", ["Origin"] = Origin };
        using var open = await Side.OpenAsync(servers.Endpoint(Server), null, stop);
        using var closed = await Side.OpenAsync(new Uri(guarded, $"/{Server}/mcp"), headers, stop);
        await CompareAsync(open, closed, stop);

        // wrk counts only status codes, and a JSON-RPC error has status 200. These calls check the result itself.
        await open.Session.CallAsync(stop);
        await closed.Session.CallAsync(stop);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Rounds} rounds of {options.Seconds} s; {Environment.ProcessorCount} processors."));
        return 0;
    }

    private async Task CompareAsync(Side open, Side guarded, CancellationToken stop)
    {
        Side[] sides = [open, guarded];

        // Warm-up: before the just-in-time compiler has finished, a round would measure the compiler.
        foreach (var side in sides)
            await side.MeasureAsync(ConnectionCounts[^1], options.Seconds, stop);

        await output.WriteLineAsync(Report.Heading("open", "guarded"));
        foreach (var connections in ConnectionCounts)
        {
            var results = sides.ToDictionary(side => side, _ => new List<WrkResult>());
            for (var round = 0; round < options.Rounds; round++)
            {
                Random.Shared.Shuffle(sides);
                foreach (var side in sides)
                    results[side].Add(await side.MeasureAsync(connections, options.Seconds, stop));
            }

            await output.WriteLineAsync(Report.Line(connections, results[open], results[guarded]));
        }
    }

    private sealed class Side(Uri url, McpSession session, Wrk wrk) : IDisposable
    {
        public McpSession Session => session;

        public static async Task<Side> OpenAsync(Uri url, Dictionary<string, string>? headers, CancellationToken stop)
        {
            var session = await McpSession.OpenAsync(url, stop, headers);
            return new Side(url, session, new Wrk([session.Id], session.ProtocolVersion, headers));
        }

        public Task<WrkResult> MeasureAsync(int connections, int seconds, CancellationToken stop) =>
            wrk.RunAsync(url, connections, seconds, stop);

        public void Dispose() => session.Dispose();
    }
}
