using System.Diagnostics;
using System.Globalization;

namespace McpGateway.Benchmarks.Running;

/// <summary>Runs wrk (https://github.com/wg/wrk) with call.lua. No two runs of a session use the same JSON-RPC id.</summary>
/// <param name="sessionIds">The sessions to use alternately; null for a server that issues no ids.</param>
/// <param name="protocolVersion">The negotiated protocol version.</param>
/// <param name="headers">Headers to send in addition to those of MCP.</param>
internal sealed class Wrk(
    IEnumerable<string?> sessionIds, string protocolVersion, IReadOnlyDictionary<string, string>? headers = null)
{
    private const string Program = "wrk";
    // 14 digits, as call.lua expects.
    private const long FirstId = 10_000_000_000_000;
    private const long IdsPerRun = 1_000_000_000;

    private long _runs;

    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, Program)));

    public async Task<WrkResult> RunAsync(Uri url, int connections, int seconds, CancellationToken stop)
    {
        // wrk refuses fewer connections than threads.
        var threads = Math.Min(connections, 2);
        string[] arguments =
        [
            Invariant($"--threads={threads}"),
            Invariant($"--connections={connections}"),
            Invariant($"--duration={seconds}s"),
            $"--script={Path.Combine(AppContext.BaseDirectory, "Running", "call.lua")}",
            .. (headers ?? new Dictionary<string, string>()).Select(header => $"--header={header.Key}: {header.Value}"),
            url.AbsoluteUri,
            "--",
            Invariant($"{FirstId + (_runs++ * IdsPerRun)}"),
            string.Join(',', sessionIds),
            protocolVersion,
        ];
        using var wrk = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{Program} did not start.");
        try
        {
            var printed = await wrk.StandardOutput.ReadToEndAsync(stop);
            await wrk.WaitForExitAsync(stop);
            return Parse(printed)
                ?? throw new InvalidOperationException($"{Program} ended with {wrk.ExitCode} and no result: {printed}");
        }
        finally
        {
            // After a cancellation, wrk would continue until its duration is over.
            if (!wrk.HasExited)
                wrk.Kill();
        }
    }

    // The output of call.lua: RESULT requests duration bad-status no-response p50 p99, with times in µs.
    private static WrkResult? Parse(string printed)
    {
        var line = printed.Split('\n').FirstOrDefault(it => it.StartsWith("RESULT ", StringComparison.Ordinal));
        if (line is null)
            return null;
        var figures = line.Split(' ')[1..].Select(it => long.Parse(it, CultureInfo.InvariantCulture)).ToArray();
        return new WrkResult(
            figures[0] / TimeSpan.FromMicroseconds(figures[1]).TotalSeconds,
            figures[2] + figures[3],
            TimeSpan.FromMicroseconds(figures[4]),
            TimeSpan.FromMicroseconds(figures[5]));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
