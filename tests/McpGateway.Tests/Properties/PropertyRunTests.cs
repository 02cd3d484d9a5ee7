using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Sdk;

namespace McpGateway.Tests.Properties;

public sealed partial class PropertyRunTests
{
    private static readonly Gen<string> Numbers = Gen.Choose(0, 1000).ListOf().Select(list => string.Join(',', list));

    [Fact]
    public void Check_CaseThatFails_IsRunAgainByItsSeed()
    {
        var failure = Assert.Throws<XunitException>(() => new PropertyRun(10_000, null).Check(Numbers, NotLong));
        var tried = new List<string>();
        var again = Assert.Throws<XunitException>(() => new PropertyRun(10_000, SeedIn(failure)).Check(Numbers, text =>
        {
            tried.Add(text);
            NotLong(text);
        }));
        Assert.Contains(Assert.Single(tried), failure.Message, StringComparison.Ordinal);
        Assert.Equal(SeedIn(failure), SeedIn(again));
    }

    [Fact]
    public void Check_CaseThatFails_IsSimplified()
    {
        var failure = Assert.Throws<XunitException>(() => new PropertyRun(1, null).Check(
            Gen.Choose(50, 90).Select(length => new string('7', length)), NotLong, text => text.Length > 0 ? [text[..^1]] : []));
        Assert.Matches(@"steps to:\s+7{41}\s", failure.Message);
        Assert.Contains("too long", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_GeneratorThatFails_IsRunAgainByItsSeed()
    {
        var failing = Numbers.Select(text => text.Length > 40 ? throw new InvalidOperationException(text) : text);
        var failure = Assert.Throws<XunitException>(() => new PropertyRun(10_000, null).Check(failing, _ => { }));
        var again = Assert.Throws<XunitException>(() => new PropertyRun(10_000, SeedIn(failure)).Check(failing, _ => { }));
        Assert.Equal(failure.InnerException?.Message, again.InnerException?.Message);
    }

    [Fact]
    public void Check_Cost_DividesTheCount()
    {
        var tried = 0;
        new PropertyRun(100, null).Check(Numbers, _ => tried++, cost: 20);
        Assert.Equal(5, tried);
    }

    private static void NotLong(string text) => Assert.False(text.Length > 40, "too long");

    private static string SeedIn(Exception failure) => Seed().Match(failure.Message).Groups[1].Value;

    [GeneratedRegex("PROPERTY_SEED=([0-9,]+)")]
    private static partial Regex Seed();
}
