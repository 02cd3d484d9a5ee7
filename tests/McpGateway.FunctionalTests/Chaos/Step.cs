using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Deployment;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Isolation;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>One thing that a client does, and the results that it may have. Whatever can carries the mark of its call.</summary>
/// <param name="Name">As counted.</param>
/// <param name="Body">The request, by its id and mark.</param>
/// <param name="IsRight">Whether a result is that of the call with this mark.</param>
internal sealed record Step(string Name, Func<string, string, string> Body, Func<JsonElement, string, bool> IsRight)
{
    private const int LongText = 100_000;

    public static Step Initialize { get; } = new(
        "initialize",
        (id, _) => Rpc.Initialize(id, capabilities: """{"sampling":{},"elicitation":{}}"""),
        (answer, _) => answer.Get("result").Get("protocolVersion").GetString() is { Length: > 0 });

    private static readonly string[] Refusals = ["-32601: ", "-32603: "];

    // What is refused to the child comes back as the tool's own error: docs/isolation.md.
    private static Step Ask { get; } = new(
        "question",
        MarkedQuestion.Call,
        (answer, mark) => MarkedQuestion.Ended(answer, mark)
            || Refusals.Any(refusal => answer.Text()!.StartsWith(refusal, StringComparison.Ordinal)));

    private static Step Echo { get; } = Tool("echo", mark => new { text = mark });

    private static Step Long { get; } = Tool("long echo", mark => new { text = mark.PadRight(LongText) }, "echo", LongText);

    private static Step Delay { get; } = Tool("delay", mark => new { ms = 150, text = mark });

    private static Step Progress { get; } = new(
        "progress",
        (id, mark) => Rpc.Call(id, "progress", new { steps = 5, delayMs = 20, text = mark }, id),
        (answer, mark) => answer.Text() == mark);

    private static readonly (Step Step, int Weight)[] Usual = [(Echo, 40), (Progress, 20), (Ask, 20), (Delay, 12), (Long, 8)];

    /// <summary>What a child is told to do to the gateway, by name.</summary>
    public static IReadOnlyDictionary<string, Step> Deeds { get; } = new[]
    {
        Never("exit 1", "crash", new { code = 1, stderr = "the end" }),
        Never("kill itself", "abort", new { }),
        Never("hang", "hang", new { }),
        Tool("noise", _ => new { lines = 200 }, answer: "noisy"),
        Tool("deaf", _ => new { ms = 1500 }, "stdin-stop", answer: "stopped"),
        Tool("flood", mark => new { count = 2000, bytes = 2000, text = mark }, answer: "flooded"),
        new("progress flood",
            (id, mark) => Rpc.Call(id, "progress", new { steps = 3000, text = mark }, id),
            (result, mark) => result.Text() == mark),
    }.ToDictionary(step => step.Name, StringComparer.Ordinal);

    public static Step Any(Random random)
    {
        var left = random.Next(Usual.Sum(one => one.Weight));
        return Usual.First(one => (left -= one.Weight) < 0).Step;
    }

    private static Step Tool(
        string name, Func<string, object> arguments, string? tool = null, int width = 0, string? answer = null) => new(
        name,
        (id, mark) => Rpc.Call(id, tool ?? name, arguments(mark)),
        (result, mark) => result.Text() == (answer ?? mark.PadRight(width)));

    private static Step Never(string name, string tool, object arguments) =>
        new(name, (id, _) => Rpc.Call(id, tool, arguments), (_, _) => false);
}
