using System.Globalization;

namespace McpGateway.Benchmarks.Running;

/// <summary>Prints a line per connection count: medians over the rounds, and the number of failures.</summary>
internal static class Report
{
    /// <param name="basis">What the subject is compared with.</param>
    /// <param name="subject">What is measured.</param>
    public static string Heading(string basis, string subject) =>
        $"{"connections",11}{basis + " req/s",20}{subject + " req/s",20}{"ratio",8}"
        + $"{basis + " p50/p99 ms",25}{subject + " p50/p99 ms",25}   not 200";

    /// <inheritdoc cref="Heading"/>
    public static string Line(int connections, IReadOnlyList<WrkResult> basis, IReadOnlyList<WrkResult> subject)
    {
        var (basisRate, subjectRate) = (Median(basis, it => it.RequestsPerSecond), Median(subject, it => it.RequestsPerSecond));
        var failures = string.Create(
            CultureInfo.InvariantCulture, $"{basis.Sum(it => it.Failed)}/{subject.Sum(it => it.Failed)}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{connections,11}{basisRate,20:N0}{subjectRate,20:N0}{subjectRate / basisRate,8:0.00}")
            + $"{Latency(basis),25}{Latency(subject),25}   {failures}";
    }

    private static string Latency(IReadOnlyList<WrkResult> results) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Median(results, it => it.P50.TotalMilliseconds):0.00}/{Median(results, it => it.P99.TotalMilliseconds):0.00}");

    // Unlike a mean, it is not affected by a round that another program disturbed.
    public static double Median<T>(IReadOnlyList<T> results, Func<T, double> figure)
    {
        var sorted = results.Select(figure).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
