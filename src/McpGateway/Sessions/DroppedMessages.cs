using McpGateway.Diagnostics;
using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

internal static class DroppedMessages
{
    /// <summary>Disposes of a message that has nowhere to go, and counts it.</summary>
    public static void Drop(this GatewayMetrics metrics, string server, JsonRpcMessage message, string reason)
    {
        message.Dispose();
        metrics.MessageDropped(server, reason);
    }
}
