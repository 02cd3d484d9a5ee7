using System.Diagnostics;
using System.Globalization;
using McpGateway.Configuration;

namespace McpGateway.Tests.Model;

/// <summary>
/// The same without an order: what each message says of itself must be true wherever it comes to. MODEL_SEED=n is one seed.
/// </summary>
public sealed class CrowdModelTests(ITestOutputHelper output)
{
    private const int Rounds = 1600;

    [Theory]
    [InlineData(Isolation.Session)]
    [InlineData(Isolation.User)]
    [InlineData(Isolation.Shared)]
    public async Task Messages_AllAtOnce_ReachWhomTheyNameAndEachCallIsAnsweredOnce(Isolation isolation)
    {
        var watch = Stopwatch.StartNew();
        var seed = int.TryParse(
            Environment.GetEnvironmentVariable("MODEL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        using var crowd = new Crowd(isolation, seed);
        await crowd.GatherAsync(Rounds);
        output.WriteLine($"{isolation}: {crowd.Answers} answers and {crowd.Belongings} names in {watch.Elapsed.TotalSeconds:F1}"
            + $" s");
        Assert.True(crowd.Wrongs.Count == 0, string.Join("\n", crowd.Wrongs.Take(5)));
        Assert.True(crowd.Answers > Rounds && crowd.Belongings > Rounds, "too little happened");
    }
}
