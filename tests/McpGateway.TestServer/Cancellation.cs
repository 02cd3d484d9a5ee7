using System.Text.Json;

namespace McpGateway.TestServer;

/// <summary>A notifications/cancelled that arrived.</summary>
/// <param name="InFlight">Whether the request was in flight then.</param>
internal sealed record Cancellation(JsonElement RequestId, bool InFlight, JsonElement? Reason);
