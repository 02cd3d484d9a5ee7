using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Xunit.Sdk;
using TestResult = FsCheck.TestResult;

namespace McpGateway.Tests.Properties;

/// <summary>
/// Checks that something holds for every generated case. Each run draws new cases; whatever fails tells how to see it again:
/// <list type="bullet">
/// <item><c>PROPERTY_SEED=seed,gamma,size</c> runs the one case that failed, <c>PROPERTY_SEED=seed,gamma</c> a whole run
/// of as many cases. Both are for one test: name it with <c>-method</c>.</item>
/// <item><c>PROPERTY_COUNT</c> is how many cases a property of ordinary cost tries, 500 unless set. A costly one tries a
/// fraction of it.</item>
/// </list>
/// </summary>
/// <param name="count">Cases of ordinary cost.</param>
/// <param name="replay">A seed as it was told; null for a new one.</param>
internal sealed class PropertyRun(int count, string? replay)
{
    private const int DefaultCount = 500;

    // Cases grow with each run, up to this size: what fails early is then small.
    private const int GreatestSize = 40;

    private static readonly PropertyRun Configured = new(
        int.Parse(Environment.GetEnvironmentVariable("PROPERTY_COUNT") ?? $"{DefaultCount}", CultureInfo.InvariantCulture),
        Environment.GetEnvironmentVariable("PROPERTY_SEED"));

    /// <param name="cases">All cases.</param>
    /// <param name="body">Throws for a case that does not hold.</param>
    /// <param name="shrinks">Simpler cases than the given one, simplest first; one of them is told if it fails too.</param>
    /// <param name="cost">How many ordinary cases one of these costs.</param>
    /// <exception cref="XunitException">It does not hold; the message has the case and the seed.</exception>
    public static void Holds<T>(Gen<T> cases, Action<T> body, Func<T, IEnumerable<T>>? shrinks = null, int cost = 1) =>
        Configured.Check(cases, body, shrinks, cost);

    /// <inheritdoc cref="Holds"/>
    public void Check<T>(Gen<T> cases, Action<T> body, Func<T, IEnumerable<T>>? shrinks = null, int cost = 1)
    {
        var (seed, size) = Seed();
        var wholeRun = $"PROPERTY_SEED={Text(seed)} PROPERTY_COUNT={count}";
        TestContext.Current.TestOutputHelper?.WriteLine(wholeRun); // for a run that does not end
        var runner = new Runner();
        var config = Config.Quick
            .WithRunner(runner)
            .WithStartSize(1)
            .WithEndSize(GreatestSize)
            .WithMaxTest(size is null ? Math.Max(1, count / cost) : 1)
            .WithReplay(new Replay(seed, size is { } one ? FSharpOption<int>.Some(one) : FSharpOption<int>.None));
        try
        {
            FsCheck.Check.One(config, Prop.ForAll(Arb.From(cases, shrinks ?? (_ => [])), body));
        }
        catch (Exception e)
        {
            throw new XunitException($"A generator or a shrinker failed. {wholeRun} runs it again.", e);
        }

        if (runner.Result is TestResult.Failed failed)
            throw Failure(failed);
        if (runner.Result is not TestResult.Passed)
            throw new XunitException($"No case was tried to its end. {wholeRun} runs it again.");
    }

    private static XunitException Failure(TestResult.Failed failed)
    {
        var cause = (failed.Item4 as Outcome.Failed)?.Item;
        var replay = $"{Text(failed.Item6)},{failed.Item7.ToString(CultureInfo.InvariantCulture)}";
        var simplified = failed.Item1.NumberOfShrinks == 0 ? null
            : $"{Environment.NewLine}Simplified in {failed.Item1.NumberOfShrinks} steps"
                + $" to:{Environment.NewLine}{failed.Item3.Head}";
        return new XunitException(
            $"""
            Case {failed.Item1.NumberOfTests} does not hold. PROPERTY_SEED={replay} runs it again.
            {failed.Item2.Head}{simplified}
            {cause?.Message}
            """,
            cause);
    }

    private (Rnd Seed, int? Size) Seed()
    {
        if (replay is null)
            return (new Rnd((ulong)System.Random.Shared.NextInt64()), null);
        var parts = replay.Split(',');
        var numbers = parts[..2].Select(part => ulong.Parse(part, CultureInfo.InvariantCulture)).ToList();
        var seed = new Rnd(numbers[0], numbers[1]);
        return (seed, parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : null);
    }

    private static string Text(Rnd seed) => string.Create(CultureInfo.InvariantCulture, $"{seed.Seed},{seed.Gamma}");

    private sealed class Runner : IRunner
    {
        public TestResult? Result { get; private set; }

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(
            int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult testResult) => Result = testResult;
    }
}
