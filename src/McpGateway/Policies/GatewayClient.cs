using System.Reflection;
using System.Text.Json.Nodes;

namespace McpGateway.Policies;

/// <summary>The gateway as a client of its servers, where it does the handshake itself.</summary>
internal static class GatewayClient
{
    private static readonly string Version =
        typeof(GatewayClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>The params of initialize, as a JSON object.</summary>
    /// <param name="capabilities">The client capabilities that are declared, a JSON object.</param>
    public static string InitializeParams(string capabilities = "{}") => new JsonObject
    {
        ["protocolVersion"] = ProtocolVersion.Latest,
        ["capabilities"] = JsonNode.Parse(capabilities),
        ["clientInfo"] = new JsonObject { ["name"] = "McpGateway", ["version"] = Version },
    }.ToJsonString();
}
