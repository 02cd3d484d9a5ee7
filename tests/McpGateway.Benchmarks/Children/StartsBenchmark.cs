using System.Globalization;
using McpGateway.Benchmarks.Running;

namespace McpGateway.Benchmarks.Children;

/// <summary>
/// Measures how fast children are started: the time from a client's <c>initialize</c> to the response to its first call, for one
/// session at a time and for many at once, each with its own child. The child is a shell script with two fixed responses, because
/// the start of a real server takes longer than everything that is measured here.
/// </summary>
internal sealed class StartsBenchmark(StartsOptions options, TextWriter output)
{
    private const string Server = "shell";
    private const int OneAtATime = 50;

    // Fixed ids work because the gateway numbers the requests to each child from 1.
    private const string Script = """
        read initialize
        info='"capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}'
        echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18",'"$info"'}}'
        read initialized
        read call
        echo '{"jsonrpc":"2.0","id":2,"result":{"content":[]}}'
        while read message; do :; done
        """;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        // A child that is being stopped still occupies a slot. With twice as many, a free slot is always available.
        await using var servers = await BenchmarkServers.StartAsync(new Dictionary<string, object>
        {
            [Server] = new { command = "/bin/sh", args = new[] { "-c", Script }, maxProcesses = 2 * options.Sessions },
        }, stop);
        var endpoint = servers.Endpoint(Server);
        await RoundAsync(endpoint, options.Sessions, stop); // warm-up for the just-in-time compiler
        List<double> single = [], all = [];
        for (var session = 0; session < OneAtATime; session++)
            single.Add((await RoundAsync(endpoint, 1, stop)).TotalMilliseconds);
        for (var round = 0; round < options.Rounds; round++)
            all.Add((await RoundAsync(endpoint, options.Sessions, stop, () => Report(servers))).TotalMilliseconds);

        var (first, together) = (Running.Report.Median(single, it => it), Running.Report.Median(all, it => it));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"to the first response: {first:F1} ms, median of {OneAtATime}; "
            + $"{options.Sessions} at once: {together:F0} ms, median of {options.Rounds}, "
            + $"{options.Sessions / together * 1000:F0} per second; {Environment.ProcessorCount} processors."));
        return 0;
    }

    private void Report(BenchmarkServers servers) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"with {options.Sessions} children the gateway has {servers.GatewayThreads()} threads"));

    private static async Task<TimeSpan> RoundAsync(Uri endpoint, int count, CancellationToken stop, Action? whileOpen = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        var sessions = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => McpSession.OpenAsync(endpoint, stop)));
        var took = TimeProvider.System.GetElapsedTime(started);
        whileOpen?.Invoke();
        await Task.WhenAll(sessions.Select(session => session.EndAsync(stop)));
        Array.ForEach(sessions, session => session.Dispose());
        return took;
    }
}
