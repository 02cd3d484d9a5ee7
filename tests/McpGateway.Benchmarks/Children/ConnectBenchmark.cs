using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Children;

/// <summary>
/// Measures how long a client waits for its session, with a child that is started for it and with a warm one. The two alternate,
/// and only one runs at a time.
/// </summary>
internal sealed class ConnectBenchmark(ConnectOptions options, TextWriter output)
{
    // After this time, the next warm child has started and no longer uses the processor.
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(3);

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var (command, args) = (options.Server[0], options.Server[1..]);
        await using var servers = await BenchmarkServers.StartAsync(
            new Dictionary<string, object>
            {
                ["cold"] = new { command, args },
                ["warm"] = new { command, args, warm = 1 },
            },
            stop);
        Dictionary<string, List<double>> times = new() { ["cold"] = [], ["warm"] = [] };
        await ConnectAsync(servers.Endpoint("cold"), stop); // warms up the gateway itself
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (server, measured) in times)
            {
                await Task.Delay(Refill, TimeProvider.System, stop);
                measured.Add((await ConnectAsync(servers.Endpoint(server), stop)).TotalMilliseconds);
            }
        }

        var (cold, warm) = (Report.Median(times["cold"], it => it), Report.Median(times["warm"], it => it));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"initialize, medians of {options.Rounds}: cold {cold:F1} ms, warm {warm:F1} ms, warm/cold {warm / cold:F3}; ")
            + $"{Environment.ProcessorCount} processors.");
        return 0;
    }

    private static async Task<TimeSpan> ConnectAsync(Uri endpoint, CancellationToken stop)
    {
        using var session = await McpSession.ConnectAsync(endpoint, stop);
        await session.EndAsync(stop);
        return session.ConnectTime;
    }
}
