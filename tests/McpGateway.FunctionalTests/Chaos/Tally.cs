using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using McpGateway.Configuration;
using McpGateway.Configuration.Reading;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>What has happened, by name, and what must not have.</summary>
internal sealed partial class Tally
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Each fails the test.</summary>
    public ConcurrentQueue<string> Findings { get; } = new();

    /// <summary>Every request that was sent.</summary>
    public ConcurrentBag<ChaosCall> Calls { get; } = [];

    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Count(string name, long more = 1) => _counts.AddOrUpdate(name, more, (_, count) => count + more);

    public void AtLeast(string name, long value) => _counts.AddOrUpdate(name, value, (_, most) => Math.Max(most, value));

    public void Fail(string finding)
    {
        Count("findings");
        Findings.Enqueue(finding);
    }

    /// <summary>Something reached a client that it was not for.</summary>
    public void Misrouted(string finding)
    {
        Count("misrouted");
        Fail("misrouted: " + finding);
    }

    /// <summary>A text without what differs each time.</summary>
    public static string Alike(string text) => Number().Replace(text, "N");

    public override string ToString() => string.Join(
        '\n', _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value,9}  {count.Key}"));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
