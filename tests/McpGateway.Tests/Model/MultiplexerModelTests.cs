using System.Diagnostics;
using System.Globalization;
using McpGateway.Configuration;

namespace McpGateway.Tests.Model;

/// <summary>
/// Random interleavings of many sessions against the reference. MODEL_SEED=n replays one walk and prints its steps;
/// MODEL_MINUTES=n takes as many walks as fit.
/// </summary>
public sealed class MultiplexerModelTests(ITestOutputHelper output)
{
    private const int Walks = 20;
    private const int Steps = 300;

    [Theory]
    [InlineData(Isolation.Session)]
    [InlineData(Isolation.User)]
    [InlineData(Isolation.Shared)]
    public async Task Messages_InAnyOrder_ReachWhomTheyAreForAndNobodyElse(Isolation isolation)
    {
        if (Number("MODEL_SEED") is { } seed)
        {
            await WalkAsync(isolation, seed, output.WriteLine);
            return;
        }

        var (watch, walks) = (Stopwatch.StartNew(), 0);
        while (Number("MODEL_MINUTES") is { } minutes ? watch.Elapsed < TimeSpan.FromMinutes(minutes) / 3 : walks < Walks)
            await WalkAsync(isolation, ++walks, null);
        output.WriteLine($"{isolation}: {walks} walks of {Steps} steps in {watch.Elapsed.TotalSeconds:F1} s");
    }

    private static async Task WalkAsync(Isolation isolation, int seed, Action<string>? print)
    {
        using var run = new ModelRun(isolation, seed, print);
        await run.WalkAsync(Steps);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
