using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Sharing;

/// <summary>
/// Measures the same calls over the same connections to one shared child: all in one session, and spread over many sessions. The
/// difference is the cost of keeping sessions apart.
/// </summary>
internal sealed class SharingBenchmark(SharingOptions options, TextWriter output)
{
    private static readonly int[] ConnectionCounts = [16, 64];

    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (!Wrk.IsInstalled)
        {
            await output.WriteLineAsync("wrk is missing. On Debian or Ubuntu: apt-get install wrk");
            return 1;
        }

        await using var servers = await BenchmarkServers.StartAsync(
            new Dictionary<string, object>
            {
                ["shared"] = new { command = BenchmarkServers.TestServer, args = new[] { "--fast" }, isolation = "shared" },
            },
            stop);
        var endpoint = servers.Endpoint("shared");
        List<McpSession> sessions = [];
        try
        {
            while (sessions.Count <= options.Sessions)
                sessions.Add(await McpSession.OpenAsync(endpoint, stop));
            await CompareAsync(endpoint, sessions, stop);
            // wrk counts only status codes, and a JSON-RPC error has status 200. These calls check the results themselves.
            foreach (var session in sessions)
                await session.CallAsync(stop);
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Rounds} rounds of {options.Seconds} s; {Environment.ProcessorCount} processors."));
        return 0;
    }

    private async Task CompareAsync(Uri url, List<McpSession> sessions, CancellationToken stop)
    {
        Wrk one = new([sessions[0].Id], sessions[0].ProtocolVersion);
        Wrk many = new(sessions.Skip(1).Select(session => session.Id), sessions[0].ProtocolVersion);

        // Warm-up: before the just-in-time compiler has finished, a round would measure the compiler.
        foreach (var wrk in new[] { one, many })
            await wrk.RunAsync(url, ConnectionCounts[^1], options.Seconds, stop);

        await output.WriteLineAsync(Report.Heading("1 session", $"{options.Sessions} sessions"));
        foreach (var connections in ConnectionCounts)
        {
            List<WrkResult> ofOne = [], ofMany = [];
            (Wrk, List<WrkResult>)[] candidates = [(one, ofOne), (many, ofMany)];
            for (var round = 0; round < options.Rounds; round++)
            {
                Random.Shared.Shuffle(candidates);
                foreach (var (wrk, results) in candidates)
                    results.Add(await wrk.RunAsync(url, connections, options.Seconds, stop));
            }

            await output.WriteLineAsync(Report.Line(connections, ofOne, ofMany));
        }
    }
}
