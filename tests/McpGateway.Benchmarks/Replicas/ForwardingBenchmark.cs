using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Replicas;

/// <summary>
/// Compares calls at the replica that owns their session with the same calls at another replica, which forwards them. The
/// difference is the cost of forwarding. It includes the processor time of a second gateway on the same machine.
/// </summary>
internal sealed class ForwardingBenchmark(ForwardingOptions options, TextWriter output)
{
    private static readonly int[] ConnectionCounts = [1, 16, 64];

    private static readonly Dictionary<string, object> Servers = new()
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

        await using var servers = await BenchmarkServers.StartAsync(null, stop);
        Uri[] urls = [BenchmarkServers.FreeUrl(), BenchmarkServers.FreeUrl()];
        for (var i = 0; i < urls.Length; i++)
            await servers.StartGatewayAsync(urls[i], Settings(i, urls), Servers, stop);
        Uri owner = new(urls[0], "/fast/mcp"), other = new(urls[1], "/fast/mcp");
        using var session = await McpSession.OpenAsync(owner, stop);
        Wrk wrk = new([session.Id], session.ProtocolVersion);

        // Warm-up: before the just-in-time compiler has finished, a round would measure the compiler.
        foreach (var url in new[] { owner, other })
            await wrk.RunAsync(url, ConnectionCounts[^1], options.Seconds, stop);

        await output.WriteLineAsync(Report.Heading("owner", "other"));
        foreach (var connections in ConnectionCounts)
        {
            List<WrkResult> atOwner = [], atOther = [];
            (Uri, List<WrkResult>)[] targets = [(owner, atOwner), (other, atOther)];
            for (var round = 0; round < options.Rounds; round++)
            {
                Random.Shared.Shuffle(targets);
                foreach (var (url, results) in targets)
                    results.Add(await wrk.RunAsync(url, connections, options.Seconds, stop));
            }

            await output.WriteLineAsync(Report.Line(connections, atOwner, atOther));
        }

        // wrk counts only status codes, and a JSON-RPC error has status 200. This call checks the result itself.
        await session.CallAsync(stop);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Rounds} rounds of {options.Seconds} s; {Environment.ProcessorCount} processors."));
        return 0;
    }

    private static Dictionary<string, string> Settings(int self, Uri[] urls) => new()
    {
        ["Replicas__Self"] = $"gw-{self}",
        ["Replicas__Peers__gw-0"] = urls[0].AbsoluteUri,
        ["Replicas__Peers__gw-1"] = urls[1].AbsoluteUri,
        // Any key will do, since both replicas run on this machine only.
        ["Replicas__Keys__0"] = Convert.ToBase64String(new byte[32]),
        // No load balancer has to notice the stop.
        ["Drain__Delay"] = "00:00:00",
    };
}
