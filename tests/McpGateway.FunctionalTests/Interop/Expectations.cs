using System.Globalization;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>What each scenario of tests/interop must have seen, through whatever stood between client and server.</summary>
internal static class Expectations
{
    private const StringComparison Exactly = StringComparison.Ordinal;

    public static void Everything(ScenarioReport report)
    {
        report.AssertNoErrors();
        Assert.Contains("trigger-sampling-request", report.Texts("tools"));
        Assert.Contains("trigger-elicitation-request", report.Texts("tools"));
        Assert.Equal("Echo: naïve ☃", report.Text("echo"));
        Assert.Equal("The sum of 19 and 23 is 42.", report.Text("sum"));
        Assert.Equal(["Echo: call 1", "Echo: call 2", "Echo: call 3", "Echo: call 4"], report.Texts("parallel"));
        Assert.Contains("sampled: Resource trigger-sampling-request context: Why?", report.Text("sampling"), Exactly);
        Assert.Contains("Name: Ada Interop", report.Text("elicitation"), Exactly);
        Assert.Contains("interop-root", report.Text("roots"), Exactly);
        Assert.Equal(1, report.Requests("sampling/createMessage"));
        Assert.Equal(1, report.Requests("elicitation/create"));
        Assert.Contains("args-prompt", report.Texts("prompts"));
        Assert.Equal("What's weather in Bristol?", report.Text("prompt"));
        Assert.StartsWith("Resource 1:", report.Text("resource"), Exactly);
        Assert.Equal("demo://resource/dynamic/text/1", report.Text("subscription"));
        Assert.True(report.Result("unknownTool").GetProperty("isError").GetBoolean());
        Progress(report);
    }

    public static void Filesystem(ScenarioReport report, string folder)
    {
        report.AssertNoErrors();
        Assert.Contains("write_file", report.Texts("tools"));
        Assert.Equal("written by interop ☃\n", report.Text("read"));
        Assert.Equal("[FILE] interop.txt", report.Text("list"));
        Assert.Equal("written by interop ☃\n", File.ReadAllText(Path.Combine(folder, "interop.txt")));
        Assert.True(report.Result("outside").GetProperty("isError").GetBoolean());
    }

    public static void Memory(ScenarioReport report, string tag)
    {
        report.AssertNoErrors();
        var graph = report.Result("graph");
        var entities = graph.GetProperty("entities").EnumerateArray().Select(e => e.GetProperty("name").GetString()).ToArray();
        Assert.Contains($"Ada{tag}", entities);
        Assert.Contains($"Engine{tag}", entities);
        var relations = graph.GetProperty("relations").EnumerateArray().Select(r => r.GetProperty("from").GetString());
        Assert.Contains($"Ada{tag}", relations);
    }

    // The TypeScript client drops progress notifications that it reads together with the response. On a busy machine that can be
    // all but the first. Sessions/RoutingTests and Isolation/RoutingTests count every one with raw clients.
    private static void Progress(ScenarioReport report)
    {
        var progress = report.Result("progress");
        var seen = progress.GetProperty("seen").EnumerateArray().Select(s => s.GetString()).ToArray();
        Assert.Equal(
            "Long running operation completed. Duration: 0.5 seconds, Steps: 5.", progress.GetProperty("text").GetString());
        Assert.InRange(seen.Length, 1, 5);
        Assert.Equal(Enumerable.Range(1, seen.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}/5")), seen);
    }
}
