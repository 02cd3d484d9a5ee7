using System.Globalization;

namespace McpGateway.Benchmarks.Relay;

/// <summary>One line per connection count: medians over the rounds, and what went wrong in all of them.</summary>
internal static class Report
{
    public const string Heading =
        "connections   bare req/s   gateway req/s   ratio   bare p50/p99 ms   gateway p50/p99 ms   not 200 (bare/gateway)";

    public static string Line(int connections, IReadOnlyList<WrkResult> bare, IReadOnlyList<WrkResult> gateway)
    {
        var (bareRate, gatewayRate) = (Median(bare, it => it.RequestsPerSecond), Median(gateway, it => it.RequestsPerSecond));
        var failures = string.Create(CultureInfo.InvariantCulture, $"{bare.Sum(it => it.Failed)}/{gateway.Sum(it => it.Failed)}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{connections,11}{bareRate,13:N0}{gatewayRate,16:N0}{gatewayRate / bareRate,8:0.00}")
            + $"{Latency(bare),18}{Latency(gateway),21}{failures,25}";
    }

    private static string Latency(IReadOnlyList<WrkResult> results) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Median(results, it => it.P50.TotalMilliseconds):0.00}/{Median(results, it => it.P99.TotalMilliseconds):0.00}");

    private static double Median(IReadOnlyList<WrkResult> results, Func<WrkResult, double> figure)
    {
        var sorted = results.Select(figure).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
