using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>The gateway.json that the interop tests need: real servers named everything, filesystem, memory.</summary>
internal static class InteropGateway
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What the filesystem server may touch at first; a client's roots then narrow it.</summary>
    public static string Files { get; } =
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "interop-files")).FullName;

    /// <summary>The file's text. Each call names a memory file of its own, so that two gateways do not share one.</summary>
    public static string BuildGatewayJson()
    {
        var memory = Path.Combine(Files, $"memory-{Guid.NewGuid():N}.jsonl");
        var servers = new JsonObject
        {
            ["everything"] = Server("everything", ["stdio"]),
            ["filesystem"] = Server("filesystem", [Files]),
            ["memory"] = Server("memory", [], new() { ["MEMORY_FILE_PATH"] = memory }),
        };
        return new JsonObject { ["mcpServers"] = servers }.ToJsonString(Indented);
    }

    private static JsonObject Server(string name, JsonArray arguments, JsonObject? environment = null)
    {
        arguments.Insert(0, InteropParts.Module(Path.Combine("@modelcontextprotocol", $"server-{name}", "dist", "index.js")));
        var server = new JsonObject { ["command"] = "node", ["args"] = arguments };
        if (environment is not null) server["env"] = environment;
        return server;
    }
}
