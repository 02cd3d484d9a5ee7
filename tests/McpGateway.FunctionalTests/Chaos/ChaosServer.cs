using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using McpGateway.Configuration;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>One server of the gateway under test, its processes, and the deeds that wait for a client to ask for them.</summary>
internal sealed class ChaosServer(string name, string isolation, int maxProcesses, params string[] flags) : IDisposable
{
    public string Name => name;

    public string Isolation => isolation;

    public ChildProcesses Children { get; } = new();

    public ConcurrentQueue<Step> Deeds { get; } = new();

    /// <summary>As gateway.json has it. Who is left alone is ended soon; all time-outs and limits come into play.</summary>
    public JsonObject Json => new()
    {
        ["command"] = TestGateway.TestServer,
        ["args"] = new JsonArray([.. flags.Concat(Children.Flags).Select(flag => (JsonNode?)flag)]),
        ["isolation"] = isolation,
        ["idleTimeout"] = "00:00:02",
        ["hibernateAfter"] = "00:00:01",
        ["requestTimeout"] = "00:00:03",
        ["requestMaximum"] = "00:00:10",
        ["startTimeout"] = "00:00:20",
        ["maxProcesses"] = maxProcesses,
    };

    public void Dispose() => Children.Dispose();
}
