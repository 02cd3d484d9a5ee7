using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>The notification that tells a server that nobody waits any more for one of its answers.</summary>
internal static class CancelledNotification
{
    /// <param name="serverId">The call as the server knows it.</param>
    /// <param name="fromClient">The client's own notification, which may give a reason; null to write one.</param>
    /// <param name="reason">For the server's log, when there is no notification.</param>
    public static JsonRpcMessage For(long serverId, JsonRpcMessage? fromClient, string reason)
    {
        if (fromClient is null)
        {
            return JsonRpcMessage.Create(new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["method"] = McpMethod.Cancelled,
                ["params"] = new JsonObject { ["requestId"] = serverId, ["reason"] = reason },
            });
        }

        fromClient.ReplaceId(serverId);
        return fromClient;
    }
}
