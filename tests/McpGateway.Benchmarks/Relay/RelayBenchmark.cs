using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Relay;

/// <summary>
/// Measures the same calls to a bare Kestrel endpoint and through the gateway to a child that responds at once, in one run. The
/// speed of the machine varies, but it affects both, so the ratio is reliable even where the figures are not.
/// </summary>
internal sealed class RelayBenchmark(RelayOptions options, TextWriter output)
{
    private static readonly int[] ConnectionCounts = [1, 16, 64];

    private static readonly Dictionary<string, object> Fast = new()
    {
        ["fast"] = new { command = BenchmarkServers.TestServer, args = new[] { "--fast" } },
    };

    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (!Wrk.IsInstalled)
        {
            await output.WriteLineAsync("wrk is missing. On Debian or Ubuntu: apt-get install wrk");
            return 1;
        }

        await using var servers = await BenchmarkServers.StartAsync(options.GatewayUrl is null ? Fast : null, stop);
        var gateway = options.GatewayUrl ?? servers.Endpoint("fast");
        using var session = await McpSession.OpenAsync(gateway, stop);
        Wrk wrk = new([session.Id], session.ProtocolVersion);
        Endpoint[] endpoints = [new("bare", servers.Bare), new("gateway", gateway)];

        // Warm-up: before the just-in-time compiler has finished, a round would measure the compiler.
        foreach (var endpoint in endpoints)
            await wrk.RunAsync(endpoint.Url, ConnectionCounts[^1], options.Seconds, stop);

        await output.WriteLineAsync(Report.Heading("bare", "gateway"));
        foreach (var connections in ConnectionCounts)
        {
            var results = await MeasureAsync(wrk, endpoints, connections, stop);
            await output.WriteLineAsync(Report.Line(connections, results["bare"], results["gateway"]));
        }

        // wrk counts only status codes, and a JSON-RPC error has status 200. This call checks the result itself.
        await session.CallAsync(stop);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Rounds} rounds of {options.Seconds} s; {Environment.ProcessorCount} processors."));
        return 0;
    }

    private async Task<Dictionary<string, List<WrkResult>>> MeasureAsync(
        Wrk wrk, Endpoint[] endpoints, int connections, CancellationToken stop)
    {
        var results = endpoints.ToDictionary(endpoint => endpoint.Name, _ => new List<WrkResult>());
        for (var round = 0; round < options.Rounds; round++)
        {
            Random.Shared.Shuffle(endpoints);
            foreach (var endpoint in endpoints)
                results[endpoint.Name].Add(await wrk.RunAsync(endpoint.Url, connections, options.Seconds, stop));
        }

        return results;
    }

    private sealed record Endpoint(string Name, Uri Url);
}
