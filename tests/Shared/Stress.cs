using System.Globalization;

namespace McpGateway.Tests.Shared;

/// <summary>
/// How much the tests do that try something very often. The default is short, so that the whole run stays short;
/// <c>STRESS=10</c> does ten times as much, and takes about as much longer.
/// </summary>
internal static class Stress
{
    private static readonly int Factor =
        int.Parse(Environment.GetEnvironmentVariable("STRESS") ?? "1", CultureInfo.InvariantCulture);

    /// <param name="byDefault">How often something is tried in a default run.</param>
    public static int Times(int byDefault) => byDefault * Factor;
}
