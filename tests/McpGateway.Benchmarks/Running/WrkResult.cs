namespace McpGateway.Benchmarks.Running;

/// <summary>The result of a run of wrk.</summary>
/// <param name="Failed">
/// Responses with status 400 or higher, and requests without a response: connection errors, timeouts.
/// </param>
internal sealed record WrkResult(double RequestsPerSecond, long Failed, TimeSpan P50, TimeSpan P99);
