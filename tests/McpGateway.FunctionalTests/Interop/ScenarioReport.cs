using System.Text.Json;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>What a scenario saw; see tests/interop/lib/run.mjs. Failures show the script's stderr.</summary>
internal sealed class ScenarioReport(JsonElement report, string stderr)
{
    /// <summary>What a step brought; a step that failed fails the test here.</summary>
    public JsonElement Result(string step) =>
        report.GetProperty("results").TryGetProperty(step, out var result)
            ? result
            : throw new InvalidOperationException($"Step {step} brought nothing.\n{report}\n{stderr}");

    /// <summary>Why a step failed; one that did not fails the test here.</summary>
    public string Error(string step) =>
        report.GetProperty("errors").TryGetProperty(step, out var error)
            ? error.GetString()!
            : throw new InvalidOperationException($"Step {step} did not fail.\n{report}\n{stderr}");

    public string Text(string step) => Result(step).GetString()!;

    public string[] Texts(string step) => [.. Result(step).EnumerateArray().Select(t => t.GetString()!)];

    /// <summary>The number of such requests from the server to the client.</summary>
    public int Requests(string method) => report.GetProperty("requests").TryGetProperty(method, out var n) ? n.GetInt32() : 0;

    public void AssertNoErrors()
    {
        var errors = report.GetProperty("errors");
        if (errors.EnumerateObject().Any()) Assert.Fail($"{errors}\n{report}\n{stderr}");
    }

    /// <summary>What the script says beside results and errors.</summary>
    public JsonElement Get(string member) => report.GetProperty(member);

    public override string ToString() => $"{report}\n{stderr}";
}
